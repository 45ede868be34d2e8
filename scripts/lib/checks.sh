#!/usr/bin/env bash
# Called by scripts/check beside a temporary Postgres. Runs all checks; fails if one of them fails.
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
# --workspace, so that cargo chooses the same features as for `make test`.
check "arrows" cargo test --workspace --all-features --locked --quiet --test arrows
check "shell scripts" scripts/shellcheck
check "dependencies" scripts/deny
check "prose" scripts/prose
check "the web client's types" scripts/web-client check

((${#bad[@]} == 0)) || die "failed: $(printf '%s; ' "${bad[@]}")"
say "all checks passed"
