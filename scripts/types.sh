#!/usr/bin/env bash
# Type-check the product strictly.
set -eu
. "$(dirname "$0")/lib.sh"
say "Types: mypy --strict"
exec .venv/bin/mypy .
