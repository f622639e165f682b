#!/usr/bin/env bash
# Print one headline.
set -eu
. "$(dirname "$0")/lib.sh"
say "$@"
