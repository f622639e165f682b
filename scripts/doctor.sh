#!/usr/bin/env bash
# Run `manage.py doctor`; before set-up, the part of it that needs nothing but the system's Python.
set -eu
. "$(dirname "$0")/lib.sh"
. scripts/packages.sh
say "Doctor: what is missing or wrong on this machine"
.venv/bin/python -c 'import django' 2>/dev/null && exec .venv/bin/python manage.py doctor
python=$(find_python || command -v python3) || {
  printf 'FC.E014   Python is missing.\n          -> Install Python 3.11 to 3.13: python3 and python3-venv.\n\n'
  die "no Python, so nothing more can be looked at."
}
exec "$python" scripts/doctor.py
