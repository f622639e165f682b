#!/usr/bin/env bash
# Type-check the product strictly, and its JavaScript by its JSDoc.
set -eu
. "$(dirname "$0")/lib.sh"
say "Types: mypy --strict"
failed=
.venv/bin/mypy . || failed=yes
if [ -f tsconfig.json ]; then
  say "Types: tsc over JSDoc"
  npm run --if-present types || failed=yes
fi
[ -z "$failed" ] || die "the types do not fit."
