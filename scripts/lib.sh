# Shared by the scripts: sourced, never run. Every script works from the repository's root.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export FASTCLIP_DATA="${FASTCLIP_DATA:-$PWD/var}"
export PYTHONDONTWRITEBYTECODE=  # set-up compiles nothing: what is imported is compiled once, then kept

say() { printf '\033[1m== %s\033[0m\n' "$*"; }
die() { printf '\nFastClip: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# quietly TITLE COMMAND...: keep what COMMAND prints in the file $told, and show it only where it fails
quietly() {
  local title=$1
  shift
  "$@" >"$told" 2>&1 || { cat "$told" >&2; die "$title failed; the reason is above."; }
}

# hash_of FILE... -> one hash over the files' names and contents
hash_of() { sha256sum "$@" | sha256sum | cut -c1-32; }

# once STAMP HASH COMMAND...: run the command unless STAMP already holds HASH
once() {
  local stamp=$1 hash=$2
  shift 2
  [ "$(cat "$stamp" 2>/dev/null)" = "$hash" ] && return 0
  "$@"
  mkdir -p "$(dirname "$stamp")"
  printf '%s\n' "$hash" >"$stamp"
}
