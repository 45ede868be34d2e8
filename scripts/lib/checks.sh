#!/usr/bin/env bash
# Called by scripts/check with a throw-away Postgres up. All checks run; the exit code tells
# whether one failed.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/lib/cargo.sh
source "$root/scripts/lib/cargo.sh"

bad=()

check() {
  local name=$1 started=$SECONDS
  shift
  say "checking $name"
  "$@" || bad+=("$name")
  say "checked $name in $((SECONDS - started)) s"
}

check "rustfmt" cargo fmt --all --check
check "clippy and .sqlx" scripts/sqlx-prepare --check-with-clippy
# The whole workspace is named so that cargo chooses the features that `make test` has.
check "arrows" cargo test --workspace --all-features --locked --quiet --test arrows
check "shell scripts" scripts/shellcheck
check "dependencies" scripts/deny
check "the web client's types" scripts/web-client check

((${#bad[@]} == 0)) || die "failed: $(printf '%s; ' "${bad[@]}")"
say "all checks passed"
