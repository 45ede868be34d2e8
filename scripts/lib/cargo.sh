# shellcheck shell=bash disable=SC2154
# What `make test` and `make check` give to cargo. One folder, profile and feature set for both, so
# that dependencies are built once; apart from `make run`, so that neither throws away the other's.

export CARGO_TARGET_DIR=target/test
[[ -t 2 ]] || export CARGO_TERM_PROGRESS_WHEN=never

# --all-targets also for the build: without the tests in it, cargo would choose other features for
# shared dependencies and build those twice.
# shellcheck disable=SC2034
cargo_selection=(--workspace --all-targets --all-features --locked)

# Tells the tests of whole programs where the binaries and their sample video are.
export_test_settings() {
  PAWL_TEST_BIN_DIR=$root/$CARGO_TARGET_DIR/debug
  PAWL_TEST_VIDEO=$(scripts/test-video)
  export PAWL_TEST_BIN_DIR PAWL_TEST_VIDEO
}
