# shellcheck shell=bash
# What every script starts with: where the project is, how it speaks, and `-h`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck disable=SC2034
state=$root/.pawl
cd "$root" || exit

# Debian's own, never one of a version manager that comes first in PATH.
# shellcheck disable=SC2034
python=/usr/bin/python3

say() { printf 'pawl: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# rustup's folder is not in PATH yet in the shell that has just installed it.
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

# A stamp file holds the hash of what a step was made from: `stamp_is_fresh FILE HASH`.
stamp_is_fresh() { [[ -f $1 && $(<"$1") == "$2" ]]; }

# One hash over the names and contents of the files named on standard input, each ended by NUL.
hash_of_files() { sort -z | xargs -0 -r sha256sum | sha256sum | cut -d ' ' -f 1; }

# Runs one command while holding a lock, so that two calls in one clone do not trample each other.
with_lock() {
  local lock=$state/$1.lock
  shift
  mkdir -p "$state"
  (
    flock 9
    "$@" 9>&-
  ) 9>"$lock"
}
