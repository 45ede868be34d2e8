# shellcheck shell=bash
# Every script sources this file: the project's paths, messages, and `-h`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck disable=SC2034
state=$root/.pawl
cd "$root" || exit

# Debian's Python, not that of a version manager.
# shellcheck disable=SC2034
python=/usr/bin/python3

say() { printf 'pawl: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# A shell that has just installed rustup does not have its folder in PATH yet.
command -v cargo >/dev/null || PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin

require_cargo() {
  command -v cargo >/dev/null || die "no cargo here: README.md begins with how to install it" \
    "(under sudo? call make as yourself, the scripts call sudo for apt alone)"
}

# The comment at the top of a script is its help.
help_if_asked() {
  case ${1:-} in
    -h | --help)
      awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"
      exit 0
      ;;
  esac
}

# `stamp_is_fresh FILE HASH`: a stamp file contains the hash of the sources of a step.
stamp_is_fresh() { [[ -f $1 && $(<"$1") == "$2" ]]; }

# One hash of the names and contents of the files listed on standard input, NUL-terminated.
hash_of_files() { sort -z | xargs -0 -r sha256sum | sha256sum | cut -d ' ' -f 1; }

# `with_lock NAME COMMAND…` runs a command under a lock; two calls in one clone run in turn.
with_lock() {
  local lock=$state/$1.lock
  shift
  mkdir -p "$state"
  (
    flock 9
    "$@" 9>&-
  ) 9>"$lock"
}
