# shellcheck shell=bash disable=SC2154
# Hands over to scripts/stack, the supervisor in Python.

# `stack --follow-parent|'' COMMAND…` does not return: the supervisor replaces this shell, so that it
# receives the signals for the script.
stack() {
  local follow=$1
  shift
  if [[ $follow == --follow-parent ]]; then
    exec setpriv --pdeathsig TERM -- "$python" -B "$root/scripts/stack" --parent "$PPID" "$@"
  fi
  exec "$python" -B "$root/scripts/stack" "$@"
}
