#!/usr/bin/env bash
# Start PostgreSQL, Redis and S3, and run the suites for which they matter. What needs a service fails here
# where that is missing; elsewhere it is skipped. Arguments go to pytest in place of the suites.
set -eu
. "$(dirname "$0")/lib.sh"
processes=$((${TEST_PROCESSES:-$(nproc)} + 1)) # tests at once: they wait for the services as much as they work
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=
# Their server has a database of its own, or they are about what ffmpeg and the recogniser do and hardly about rows.
elsewhere=(uploads/test_patience.py uploads/test_put_on_the_wire.py uploads/test_validate.py uploads/test_assets.py
  clips/test_captions.py clips/test_exact.py clips/test_handler.py clips/test_masters.py transcripts/test_transcribing.py
  api/test_transcript.py api/test_captions.py api/test_captions_again.py api/test_caption_fonts.py
  api/test_caption_preview.py api/test_clip_status.py billing/test_ledger_machine.py)
export FASTCLIP_TEST_SERVICES=1
database=postgres://postgres@127.0.0.1:7432/fastclip
redis=redis://127.0.0.1:7379/1

python_tests() { .venv/bin/python -m pytest -p no:cacheprovider "$@" 2>&1 | tee -a "$log" || failed=yes; }
# The product's database and cache are the services here.
with_services() { FASTCLIP_TEST_DATABASE_URL=$database FASTCLIP_TEST_REDIS_URL=$redis python_tests "$@"; }

set -o pipefail
scripts/services.sh start
if [ $# -gt 0 ]; then
  with_services "$@"
else
  say "Tests: both stores, local disk and S3; the printed flows, with PostgreSQL, Redis and S3"
  python_tests -n "$processes" --dist loadfile tests/storage tests/spec/test_curl_flows.py -k "storage or services"
  say "Tests: PostgreSQL and Redis"
  with_services -n "$processes" --dist loadfile tests/api tests/billing tests/jobs tests/uploads tests/clips tests/webhooks \
    tests/captions tests/transcripts "${elsewhere[@]/#/--ignore=tests/}"
  say "Tests: races on PostgreSQL"
  with_services -n "$processes" tests/races
fi
say "Summary"
.venv/bin/python scripts/summary.py "$log" || failed=yes
[ -z "$failed" ] || die "some tests failed."
