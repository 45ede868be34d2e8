#!/usr/bin/env bash
# Called by scripts/test beside temporary services: builds, runs every suite and counts the results.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/lib/cargo.sh
source "$root/scripts/lib/cargo.sh"
# shellcheck source=scripts/lib/npm.sh
source "$root/scripts/lib/npm.sh"
# shellcheck source=scripts/lib/counts.sh
source "$root/scripts/lib/counts.sh"

use_node
PAWL_TEST_NODE=$(command -v node)
PAWL_WEB_DIR=$root/api-server/web/dist
export PAWL_TEST_NODE PAWL_WEB_DIR
export_test_settings

results=$(mktemp -d "$state/results-XXXXXX")
trap 'rm -rf "$results"' EXIT

build() { cargo build "${cargo_selection[@]}" </dev/null; }

cargo_tests() { cargo test --workspace --all-features --locked --no-fail-fast </dev/null; }

# Prints readable results to the terminal, and TAP to the file $2. Each suite has its own stack.
node_tests() {
  npm_ci "$1" && (
    cd "$1" && "$PAWL_TEST_BIN_DIR/pawl-test-stack" node --test --test-concurrency=1 \
      --test-reporter=spec --test-reporter-destination=stdout \
      --test-reporter=tap --test-reporter-destination="$2" </dev/null
  )
}

say "throw-away services are up; building the tests"
started=$SECONDS
if ! build; then
  say "the tests do not build"
  echo "0 passed, 1 failed"
  exit 1
fi
note "build" $((SECONDS - started)) ""

# The tests of the cost of lists need a million posts.
seeded=$SECONDS
scripts/seed-data >"$results/seed" || say "the database of a million posts could not be made"
note "seed-data" $((SECONDS - seeded)) ""

suite_cargo() { cargo_tests | tee "$1"; }
suite_node() { node_tests "$2" "$1"; }

run_suite "cargo" cargo suite_cargo
for folder in tests/*/package.json; do
  [[ -e $folder ]] || continue
  run_suite "${folder%/package.json}" tap suite_node "${folder%/package.json}"
done
sum_up
