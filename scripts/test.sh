#!/usr/bin/env bash
# Run every test and end with one summary. Suites that measure races or kill processes run after the rest, so that
# nothing else competes with them. TEST_PROCESSES says how many tests run at once. Arguments go to pytest in place of
# all that: scripts/test.sh tests/jobs
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

if [ $# -gt 0 ]; then
  python_tests "$@"
else
  say "Tests: Python and Chromium, $processes at a time"
  python_tests -n "$processes" --dist loadfile "${alone[@]/#/--ignore=}"
  say "Tests: races"
  [ ! -d tests/races ] || python_tests -n "$processes" tests/races
  say "Tests: crashes"  # they wait more than they work
  [ ! -d tests/chaos ] || python_tests -n $((processes + 1)) tests/chaos
  if [ -d tests/js ]; then
    say "Tests: JavaScript"
    npm run --if-present test || failed=yes
  fi
fi
say "Summary"
.venv/bin/python scripts/summary.py "$log" || failed=yes
[ -z "$failed" ] || die "some tests failed."
