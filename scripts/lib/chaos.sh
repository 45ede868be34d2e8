#!/usr/bin/env bash
# Called by scripts/chaos beside temporary services: builds, and runs the fault tests.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/lib/cargo.sh
source "$root/scripts/lib/cargo.sh"

export_test_settings
names=("$@")
((${#names[@]})) || names=(postgres:: clocks::)

cargo build "${cargo_selection[@]}"
cargo test --workspace --all-features --locked --test system -- \
  --nocapture --test-threads 1 "${names[@]}"
