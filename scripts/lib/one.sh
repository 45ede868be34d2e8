#!/usr/bin/env bash
# Called by scripts/test beside temporary services: runs the Rust tests whose paths contain
# one of the given words. Unit tests come first, since they build fastest; the tests of whole
# programs are built only when no unit test matches.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/lib/cargo.sh
source "$root/scripts/lib/cargo.sh"
# shellcheck source=scripts/lib/counts.sh
source "$root/scripts/lib/counts.sh"

output=$(mktemp)
trap 'rm -f "$output"' EXIT
words=("$@")
code=0

# The whole workspace is named so that dependencies keep the features that `make test` gives them.
matching() {
  cargo test --workspace --all-features --locked --no-fail-fast "$@" -- "${words[@]}" \
    </dev/null 2>&1 | tee "$output"
}

run_matching() {
  code=0
  matching "$@" || code=$?
  # The database of a million posts takes a minute; few tests need it.
  if ((code)) && grep -q 'scripts/seed-data makes it' "$output"; then
    scripts/seed-data
    code=0
    matching "$@" || code=$?
  fi
  read -r passed failed _ < <(count_cargo "$output")
}

export_test_settings
# upload-server has no library: its unit tests are in its binary.
run_matching --lib --bin upload-server
if ((passed + failed + code == 0)); then
  say "no unit test matches; building the other tests"
  cargo build "${cargo_selection[@]}" </dev/null
  run_matching --bins --test '*'
fi
((passed + failed + code > 0)) || die "no test matches: ${words[*]}"
echo "$passed passed, $failed failed"
exit "$code"
