#!/usr/bin/env bash
# Everything that can be said about the code without running the product. All parts run; any one may fail it.
set -eu
. "$(dirname "$0")/lib.sh"
failed=
part() {
  say "$1"
  shift
  "$@" || failed=yes
}

# Settings as a public installation has them, in a folder of their own.
deployment() {
  local folder
  folder=$(mktemp -d)
  PUBLIC_SITE_URL=https://clips.example.org DEBUG=0 DATABASE_URL= FASTCLIP_DATA=$folder \
    .venv/bin/python manage.py check --deploy --tag security --fail-level WARNING
  rm -rf "$folder"
}

part "Style: ruff" .venv/bin/ruff check .
part "Import directions: import-linter" .venv/bin/lint-imports
part "Migrations: none forgotten" .venv/bin/python manage.py makemigrations --check --dry-run
part "Django: system checks" .venv/bin/python manage.py check --fail-level WARNING
part "Django: deployment checks" deployment
part "Shell scripts: syntax" bash -n scripts/*.sh .ci/run
[ ! -f package.json ] || part "JavaScript" npm run --if-present lint
[ -z "$failed" ] || die "lint found something."
