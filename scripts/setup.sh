#!/usr/bin/env bash
# Make this machine ready to run FastClip. Each step leaves a stamp with the hash of its inputs, so a
# second call takes a moment. `--dev` adds what the tests and the linters need.
set -eu
. "$(dirname "$0")/lib.sh"
. scripts/packages.sh
dev=${1:-}
told=$(mktemp)  # what the last quiet step printed
trap 'rm -f "$told" "$told.pages"; [ -z "$(jobs -pr)" ] || kill $(jobs -pr)' EXIT

make_venv() {
  say "Python environment: .venv ($("$python" --version))"
  rm -rf .venv
  "$python" -m venv .venv
}

install_python() {
  say "Python packages: $1 (the first time this downloads about 3 GB, most of it torch)"
  # What is imported is compiled then; most of these packages never is.
  .venv/bin/python -m pip install --disable-pip-version-check --no-input --no-compile -r "$1"
}

build_pages() {
  local told="$told.pages"  # other steps are quiet meanwhile
  quietly "Pages: npm packages" npm ci --ignore-scripts --no-audit --no-fund
  quietly "Pages: build" npm run build
  say "Pages: built"
}

# The clips that caption styles are shown on, and the styles as small moving pictures.
compose_captions() {
  quietly "Captions: composing the test clips" .venv/bin/python scripts/caption_clips.py
  quietly "Captions: drawing the built-in styles" .venv/bin/python manage.py caption_tiles
  say "Captions: test clips composed, built-in styles drawn"
}

collect_static() {
  quietly "Pages: collecting static files" .venv/bin/python manage.py collectstatic --noinput --clear --verbosity 1
  say "Pages: collected into the data folder"
}

migrate() {
  quietly "Database: migrations" .venv/bin/python manage.py migrate --noinput --verbosity 1 --no-color
  say "Database: $(grep -c '\.\.\. OK$' "$told") migrations applied"
}

# Files of one kind that git knows or would add, in a fixed order.
sources() { find "$@" -type f -not -name '.*' -not -path '*/dist/*' -not -path '*/__pycache__/*' | LC_ALL=C sort; }

install_packages "$dev"
check_node
python=$(find_python)
mkdir -p "$FASTCLIP_DATA" 2>/dev/null || die "the data folder $FASTCLIP_DATA cannot be made; set FASTCLIP_DATA to one that can."
[ -w "$FASTCLIP_DATA" ] || die "the data folder $FASTCLIP_DATA is not writable; set FASTCLIP_DATA to one that is."

pages=none building=
if [ -f package.json ]; then
  mapfile -t inputs < <(sources static package.json package-lock.json build.mjs media/typefaces.json)
  pages=$(hash_of "${inputs[@]}")
  once static/dist/.stamp "$pages" build_pages &  # beside the Python packages
  building=$!
fi

[ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null || make_venv
once .venv/.requirements "$(hash_of requirements.txt)" install_python requirements.txt
[ "$dev" != --dev ] ||
  once .venv/.requirements-dev "$(hash_of requirements.txt requirements-dev.txt)" install_python requirements-dev.txt
[ "$dev" != --dev ] || once .venv/.browser tried quicker_browser

[ -z "$building" ] || wait "$building"
mapfile -t inputs < <(sources media/subtitle*.py media/tile.py media/typefaces.* captions/built_in.* captions/sample.py)
captions=$(hash_of "${inputs[@]}" scripts/caption_clips.py)
[ "$pages" = none ] || once static/dist/captions/.stamp "$captions" compose_captions
once "$FASTCLIP_DATA/static/.stamp" "$pages $captions $(hash_of requirements.txt)" collect_static

# Another database than the one in the data folder is always asked; it may be older than our stamp.
mapfile -t inputs < <(sources */migrations)
schema="$(hash_of "${inputs[@]}" requirements.txt) ${DATABASE_URL:+$(date +%s)}"
[ -f "$FASTCLIP_DATA/fastclip.sqlite3" ] || rm -f "$FASTCLIP_DATA/.migrated"
once "$FASTCLIP_DATA/.migrated" "$schema" migrate
