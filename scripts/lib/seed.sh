# shellcheck shell=bash disable=SC2154
# Creates the seeded database for scripts/seed-data, which sets `server`, `name`, `posts` and `users`.

seed_server() {
  local url=${PAWL_TEST_DATABASE_URL:-}
  if [[ -z $url && -f $state/run.json ]]; then
    url=$("$python" -c 'import json, sys; print(json.load(sys.stdin)["database_url"])' \
      <"$state/run.json")
    url=${url%/*}
  fi
  [[ -n $url ]] || die "no Postgres: \`make run\` starts one, or PAWL_TEST_DATABASE_URL names one"
  echo "${url%/}"
}

# The hash of all migrations, concatenated. `SeededDatabase` in Rust computes the same.
migrations_hash() { cat migrations/*.up.sql | sha256sum | cut -c -16; }

# The hash of scripts/seed/, which the template keeps as its comment.
seed_recipe() { find scripts/seed -type f -print0 | hash_of_files; }

on_server() { psql_quiet "$server/postgres" "$@"; }

in_draft() { psql_quiet "$server/${name}_draft" -v posts="$posts" -v users="$users" "$@"; }

answer() { psql --no-psqlrc --tuples-only --no-align -d "$server/postgres" -c "$1"; }

make_seed() {
  local recipe
  recipe=$(seed_recipe)
  if [[ $(answer "select shobj_description(oid, 'pg_database') from pg_database
      where datname = '$name'") == "$recipe" ]]; then
    return
  fi
  say "making $name: $posts posts, $users users"
  on_server -c "drop database if exists ${name}_draft with (force)" \
    -c "create database ${name}_draft"
  fill_draft
  if [[ -n $(answer "select from pg_database where datname = '$name' and datistemplate") ]]; then
    on_server -c "alter database $name with is_template false"
  fi
  on_server -c "drop database if exists $name with (force)" \
    -c "alter database ${name}_draft rename to $name" \
    -c "comment on database $name is '$recipe'" \
    -c "alter database $name with is_template true allow_connections false"
  say "made $name in $SECONDS s"
  drop_older_seeds
}

# Each takes a gigabyte. Of those of other migrations the newest two stay, for developers who switch
# branches. A template that is being copied is locked, and stays too.
drop_older_seeds() {
  local old
  for old in $(answer "select datname from pg_database
      where datname ~ '^pawl_seed_[0-9a-f]{16}(_[0-9]+_[0-9]+)?\$'
        and left(datname, 26) <> left('$name', 26)
      order by (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification desc
      offset 2"); do
    if on_server -c "set lock_timeout = '1s'" \
      -c "alter database $old with is_template false" -c "drop database $old"; then
      say "dropped $old, which older migrations made"
    else
      on_server -c "alter database $old with is_template true" || true
    fi
  done
}

# Inserts rows in one session, then builds the indexes on two cores.
fill_draft() {
  local part files=()
  migrate_with_psql "$server/${name}_draft"
  note_migrations | in_draft
  for part in begin people words posts profiles media others; do
    files+=(-c "\\warn pawl: $part" -f "scripts/seed/$part.sql")
  done
  in_draft "${files[@]}"
  say "unique indexes"
  indexes 1 false
  say "other indexes"
  indexes 2 true &
  indexes 2 false
  wait $!
  say "foreign keys"
  indexes 3 false
  say "statistics"
  in_draft -f scripts/seed/finish.sql
}

indexes() { in_draft -v step="$1" -v over_words="$2" -f scripts/seed/indexes.sql; }

# The table of applied migrations, which sqlx keeps and which binaries check when they start.
note_migrations() {
  local file number what
  echo "create table _sqlx_migrations (
    version bigint primary key, description text not null,
    installed_on timestamptz not null default now(), success boolean not null,
    checksum bytea not null, execution_time bigint not null
  );"
  for file in migrations/*.up.sql; do
    number=$(basename "$file") what=${file#*_}
    number=${number%%_*} what=${what%.up.sql}
    echo "insert into _sqlx_migrations values ($((10#$number)), '${what//_/ }', now(), true,
      decode('$(sha384sum "$file" | cut -d ' ' -f 1)', 'hex'), 0);"
  done
}

# The strategy file_copy bypasses the write-ahead log, which makes the copy many times faster.
clone_seed() {
  on_server -c "drop database if exists $1 with (force)" \
    -c "create database $1 template $name strategy file_copy"
  say "copied $name to $1"
}
