# The system's packages: sourced by setup.sh. Installs what is missing, or prints the one line to type.

# The first Python from 3.11 to 3.13 that runs; `python3` is preferred so that Debian's own is used.
find_python() {
  local candidate
  for candidate in python3 python3.11 python3.12 python3.13; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

# Debian's names of what is missing; with --dev also what only the tests use.
missing_packages() {
  local python
  if ! python=$(find_python); then
    echo "python3 python3-venv"
  elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$(basename "$(readlink -f "$python")")-venv"
  fi
  { have ffmpeg && have ffprobe; } || echo ffmpeg
  have node || echo nodejs
  have npm || echo npm
  have curl || echo curl
  { have prlimit && have setpriv; } || echo util-linux
  [ "${1:-}" != --dev ] || have chromium-headless-shell || have chromium || echo chromium
}

# The tests take Chromium's headless shell where they can: the same engine without a window for 0.6 of the CPU. Where
# it cannot be had without asking (no Debian, not root, no network), Chromium itself does.
quicker_browser() {
  ! have chromium-headless-shell && have apt-get && [ "$(id -u)" = 0 ] || return 0
  say "Installing a quicker browser for the tests: chromium-headless-shell"
  DEBIAN_FRONTEND=noninteractive timeout 300 bash -c \
    "apt-get update && apt-get install -y --no-install-recommends chromium-headless-shell" >/dev/null 2>&1 ||
    say "It cannot be had here; the tests use Chromium"
}

install_packages() {
  local packages line
  packages=$(missing_packages "${1:-}" | xargs)
  [ -n "$packages" ] || return 0
  have apt-get || die "please install these with your system's package manager, then start again: $packages"
  line="apt-get update && apt-get install -y --no-install-recommends $packages"
  if [ "$(id -u)" = 0 ]; then
    say "Installing system packages: $packages"
    DEBIAN_FRONTEND=noninteractive bash -c "$line"
  elif have sudo && sudo -n true 2>/dev/null; then
    say "Installing system packages: $packages"
    sudo -n env DEBIAN_FRONTEND=noninteractive bash -c "$line"
  else
    die "some system packages are missing. Type this line, then start again:

  sudo bash -c '$line'
"
  fi
  packages=$(missing_packages "${1:-}" | xargs)
  [ -z "$packages" ] || die "still missing after the installation: $packages"
}

# Node builds the pages; 18.20 is what Debian 12 has.
check_node() {
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 18 || (a === 18 && b >= 20) ? 0 : 1)' ||
    die "Node $(node --version) is too old to build the pages; 18.20 or newer is needed."
}
