#!/usr/bin/env bash
# Run every test and end with one summary. Suites that measure races or kill processes run after the rest, so that
# nothing else competes with them. TEST_PROCESSES says how many tests run at once. Arguments go to pytest in place of
# all that: scripts/test.sh tests/jobs. `--deep` runs what is left out of that for its length: the rest of the
# sources and ranges of tests that are sampled, the longest tests, and a larger hostile corpus.
set -eu
. "$(dirname "$0")/lib.sh"
processes=${TEST_PROCESSES:-$(nproc)} # tests at once
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=
alone=()
for suite in tests/races tests/chaos; do [ ! -d "$suite" ] || alone+=("$suite"); done

# pytest's 5 means that a suite holds no test, which is not a failure of ours.
python_tests() {
  local status=0
  .venv/bin/python -m pytest "$@" 2>&1 | tee -a "$log" || status=${PIPESTATUS[0]}
  [ "$status" = 0 ] || [ "$status" = 5 ] || failed=yes
}

if [ "${1:-}" = --deep ]; then
  say "Tests: what every other run only samples"
  python_tests -n "$processes" --dist loadfile -m deep "${alone[@]/#/--ignore=}"
  python_tests -n $((processes * 2)) --dist worksteal -m deep tests/chaos
  FASTCLIP_HOSTILE_FILES=${FASTCLIP_HOSTILE_FILES:-200} python_tests tests/hostile
elif [ $# -gt 0 ]; then
  python_tests "$@"
else
  say "Tests: Python and Chromium, $processes at a time"
  python_tests -n "$processes" --dist loadfile "${alone[@]/#/--ignore=}"
  say "Tests: races"
  [ ! -d tests/races ] || python_tests -n "$processes" tests/races
  say "Tests: crashes"  # they wait more than they work
  [ ! -d tests/chaos ] || python_tests -n $((processes * 2)) --dist worksteal tests/chaos
  if [ -d tests/js ]; then
    say "Tests: JavaScript"
    npm run --if-present test || failed=yes
  fi
fi
say "Summary"
.venv/bin/python scripts/summary.py "$log" || failed=yes
[ -z "$failed" ] || die "some tests failed."
