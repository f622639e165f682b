#!/usr/bin/env bash
# Set up, make the first account, then web server and worker until Ctrl-C.
set -eu
. "$(dirname "$0")/lib.sh"
say "FastClip: set-up, first account, web server and worker (Ctrl-C stops all)"
scripts/setup.sh
exec .venv/bin/python scripts/serve.py
