#!/usr/bin/env bash
# Break everything that can be broken, in volume, and end with one table. docs/operations.md lists the numbers
# (FASTCLIP_CHAOS_ROUNDS and others); FASTCLIP_CHAOS_DATABASES says on which databases: sqlite, or sqlite postgresql.
set -eu
. "$(dirname "$0")/lib.sh"
: "${FASTCLIP_CHAOS_ROUNDS:=50}" "${FASTCLIP_CHAOS_KILLS:=1000}" "${FASTCLIP_CHAOS_PUT_KILLS:=500}"
: "${FASTCLIP_CHAOS_RECOVERIES:=3}" "${FASTCLIP_CHAOS_BELLS:=10}" "${FASTCLIP_HOSTILE_FILES:=500}"
: "${FASTCLIP_CHAOS_CAPTIONS:=50}" "${FASTCLIP_CHAOS_HOURS:=3}"
export FASTCLIP_CHAOS_ROUNDS FASTCLIP_CHAOS_KILLS FASTCLIP_CHAOS_PUT_KILLS FASTCLIP_CHAOS_RECOVERIES
export FASTCLIP_CHAOS_BELLS FASTCLIP_CHAOS_CAPTIONS FASTCLIP_CHAOS_HOURS FASTCLIP_HOSTILE_FILES
FASTCLIP_CHAOS_REPORT=$(mktemp)
export FASTCLIP_CHAOS_REPORT
trap 'rm -f "$FASTCLIP_CHAOS_REPORT"' EXIT
failed=

say "Hostile media: $FASTCLIP_HOSTILE_FILES files"
.venv/bin/python -m pytest -q tests/hostile || failed=yes
for database in ${FASTCLIP_CHAOS_DATABASES:-sqlite}; do
  say "Chaos on $database"
  url=
  [ "$database" = sqlite ] || url=${FASTCLIP_TEST_DATABASE_URL:-postgres://postgres@127.0.0.1:7432/fastclip}
  FASTCLIP_TEST_DATABASE_URL=$url .venv/bin/python -m pytest -q -m '' tests/chaos || failed=yes
done
say "Summary"
.venv/bin/python scripts/chaos_table.py "$FASTCLIP_CHAOS_REPORT"
[ -z "$failed" ] || die "something did not survive; its seed and its log are above."
