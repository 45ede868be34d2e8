# shellcheck shell=bash disable=SC2154
# Query data for sqlx's checked macros, made by compiling against a migrated database.

# A database of its own for the checked macros, dropped and migrated anew with plain psql.
# Prints its URL. PAWL_TEST_DATABASE_URL names the server.
migrated_database() {
  local name=sqlx_prepare url file
  psql_quiet "$PAWL_TEST_DATABASE_URL/postgres" -c "drop database if exists $name" -c "create database $name"
  url=$PAWL_TEST_DATABASE_URL/$name
  for file in migrations/*.up.sql; do
    psql_quiet "$url" --single-transaction -f "$file"
  done
  echo "$url"
}

psql_quiet() {
  PGOPTIONS='-c client_min_messages=warning' \
    psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 -o /dev/null -d "$@"
}

# `collect_queries FOLDER COMMAND…` runs a cargo command so that every checked macro writes its
# query into FOLDER. Macros run only in crates that are compiled, so all sources are made to look
# new for the time; afterwards their times are as before, lest other builds start over.
collect_queries() (
  local folder=$1 url times file
  shift
  url=$(migrated_database)
  times=$(mktemp -d)
  trap 'restore_times "$times"' EXIT
  while IFS= read -r file; do
    mkdir -p "$times/${file%/*}"
    cp -p "$file" "$times/$file"
    touch "$file"
  done < <(git ls-files '*.rs')
  SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$folder DATABASE_URL=$url "$@" </dev/null
)

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
