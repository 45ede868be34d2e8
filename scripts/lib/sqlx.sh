# shellcheck shell=bash disable=SC2154
# Query data for sqlx's checked macros, made by compiling against a migrated database.

psql_quiet() {
  PGOPTIONS='-c client_min_messages=warning' \
    psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 -o /dev/null -d "$@"
}

# `collect_queries FOLDER COMMAND…` runs a cargo command so that every checked macro writes its
# query into FOLDER. PAWL_TEST_DATABASE_URL names the server; the database on it is made for this
# alone. Macros run only in crates that are compiled, so all sources are made to look new for the
# time; afterwards their times are as before, lest other builds start over.
#
# Errors are looked at one by one: `set -e` does not hold where a caller asks for the exit code.
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
  local file
  for file in migrations/*.up.sql; do
    psql_quiet "$1" --single-transaction -f "$file" || {
      say "$file failed"
      return 1
    }
  done
}

# A build that was interrupted may still be connected for a moment.
drop_database() {
  psql_quiet "$PAWL_TEST_DATABASE_URL/postgres" -c "drop database $1 with (force)"
}

restore_times() {
  local times=$1 file
  while IFS= read -r file; do
    # A file that was edited meanwhile keeps its new time.
    cmp -s "$times/$file" "$file" && touch -r "$times/$file" "$file"
  done < <(cd "$times" && find . -type f)
  rm -rf "$times"
}

# Fails, and names the files, when FOLDER and .sqlx differ.
same_queries() {
  diff -rq .sqlx "$1" >&2 || {
    say ".sqlx is not what the queries and migrations give: run \`make sqlx\` and commit the result"
    return 1
  }
}

# What `.sqlx/` holds, as one file of SQL named after the newest migration.
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
