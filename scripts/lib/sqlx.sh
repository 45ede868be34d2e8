# shellcheck shell=bash disable=SC2154
# Writes the query data of sqlx's checked macros by compiling against a migrated database.

psql_quiet() {
  PGOPTIONS='-c client_min_messages=warning' \
    psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 -o /dev/null -d "$@"
}

# `collect_queries FOLDER COMMAND…` runs a cargo command so that every checked macro writes its query
# to FOLDER, with a temporary database on the server in PAWL_TEST_DATABASE_URL. cargo expands macros
# only in crates that it compiles; so all sources get a new modification time, and afterwards the old
# one, so that other builds do not start over.
#
# Each command handles its own error: `set -e` has no effect where the caller tests the exit code.
collect_queries() (
  local folder=$1 name=pawl_sqlx_$$_$RANDOM times file
  shift
  psql_quiet "$PAWL_TEST_DATABASE_URL/postgres" -c "create database $name" || exit
  trap 'drop_database "$name"' EXIT
  migrate_with_psql "$PAWL_TEST_DATABASE_URL/$name" || exit
  times=$(mktemp -d) || exit
  trap 'restore_times "$times"; drop_database "$name"' EXIT
  while IFS= read -r file; do
    mkdir -p "$times/${file%/*}"
    cp -p "$file" "$times/$file"
    touch "$file"
  done < <(git ls-files '*.rs')
  SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$folder DATABASE_URL=$PAWL_TEST_DATABASE_URL/$name \
    "$@" </dev/null
)

migrate_with_psql() {
  local file transaction
  for file in migrations/*.up.sql; do
    transaction=(--single-transaction)
    [[ $(head -n 1 "$file") != '-- no-transaction' ]] || transaction=()
    psql_quiet "$1" "${transaction[@]}" -f "$file" || {
      say "$file failed"
      return 1
    }
  done
}

# With force, because an interrupted build may still be connected.
drop_database() {
  psql_quiet "$PAWL_TEST_DATABASE_URL/postgres" -c "drop database $1 with (force)"
}

restore_times() {
  local times=$1 file
  while IFS= read -r file; do
    # A file that was edited in the meantime keeps its new time.
    cmp -s "$times/$file" "$file" && touch -r "$times/$file" "$file"
  done < <(cd "$times" && find . -type f)
  rm -rf "$times"
}

# Fails if FOLDER and .sqlx differ, and prints the files.
same_queries() {
  diff -rq .sqlx "$1" >&2 || {
    say ".sqlx is stale: run \`make sqlx\` and commit the result"
    return 1
  }
}

# Writes the queries in `.sqlx/` to one SQL file, named after the newest migration.
snapshot_queries() {
  local newest file
  newest=$(basename "$(printf '%s\n' migrations/*.up.sql | tail -n 1)")
  file=tests/tests/system/migrations/queries-at-${newest%%_*}.sql
  "$python" - .sqlx/*.json >"$file" <<'PYTHON'
import json, sys, textwrap
queries = {textwrap.dedent(json.load(open(name))["query"].strip("\n")) for name in sys.argv[1:]}
for query in sorted(queries):
    print(query.strip() + "\n;\n")
PYTHON
  say "wrote $file"
}
