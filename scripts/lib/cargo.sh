# shellcheck shell=bash disable=SC2154
# The settings of cargo for `make test` and `make check`: the same folder, profile and features, so
# that dependencies are built once. `make run` has another folder.

export CARGO_TARGET_DIR=target/test
[[ -t 2 ]] || export CARGO_TERM_PROGRESS_WHEN=never

# --all-targets for the build too: without the tests, cargo would choose other features for shared
# dependencies and build those twice.
# shellcheck disable=SC2034
cargo_selection=(--workspace --all-targets --all-features --locked)

# The paths of the binaries and of a sample video, for the tests of whole programs.
export_test_settings() {
  PAWL_TEST_BIN_DIR=$root/$CARGO_TARGET_DIR/debug
  PAWL_TEST_VIDEO=$(scripts/test-video)
  export PAWL_TEST_BIN_DIR PAWL_TEST_VIDEO
}
