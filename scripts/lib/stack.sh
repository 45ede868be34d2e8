# shellcheck shell=bash disable=SC2154
# Hands over to scripts/stack, the supervisor in Python.

# `stack --follow-parent|'' COMMAND…` does not return. It starts children in this shell's place, so
# that a signal for the script is a signal for the supervisor.
stack() {
  local follow=$1
  shift
  if [[ $follow == --follow-parent ]]; then
    exec setpriv --pdeathsig TERM -- "$python" -B "$root/scripts/stack" --parent "$PPID" "$@"
  fi
  exec "$python" -B "$root/scripts/stack" "$@"
}
