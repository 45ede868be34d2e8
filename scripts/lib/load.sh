#!/usr/bin/env bash
# Called by scripts/chaos: runs `make test` TIMES times beside two processes that keep two cores
# busy, and stops at the first run that fails.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
source "$(dirname "$0")/common.sh"

times=$1
busy=()

# They also end with this script, however it ends.
start_busy_processes() {
  local _
  for _ in 1 2; do
    setpriv --pdeathsig KILL -- "$BASH" -c 'while :; do :; done' &
    busy+=("$!")
  done
  trap 'kill "${busy[@]}"' EXIT
}

start_busy_processes
for ((run = 1; run <= times; run++)); do
  say "make test beside two busy processes, $run of $times"
  exit_code=0
  "$root/scripts/test" --follow-parent </dev/null || exit_code=$?
  ((exit_code == 0)) || die "run $run of $times failed"
done
say "all $times runs passed"
