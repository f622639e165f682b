#!/usr/bin/env bash
# Run `manage.py doctor`, or say what keeps it from running.
set -eu
. "$(dirname "$0")/lib.sh"
say "Doctor: what is missing or wrong on this machine"
[ -x .venv/bin/python ] || die "there is no .venv yet; type: make setup"
exec .venv/bin/python manage.py doctor
