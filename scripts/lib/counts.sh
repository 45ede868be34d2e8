# shellcheck shell=bash disable=SC2154
# Runs suites one after the other and adds up what they count.

passed=0 failed=0 table=()

note() { table+=("$(printf '  %-16s %5d s   %s' "$1" "$2" "$3")"); }

# `run_suite NAME COUNT COMMAND…`: COMMAND gets a result file to fill, COUNT reads it and prints
# "passed failed skipped". A suite that fails without counting a failure counts as one.
run_suite() {
  local name=$1 count=$2 file=$results/${1//\//-} code=0 started=$SECONDS p f s
  shift 2
  : >"$file"
  say "suite $name"
  "$1" "$file" "${@:2}" || code=$?
  read -r p f s < <("$count" "$file")
  if ((code != 0 && f == 0)); then
    say "suite $name ended with code $code"
    f=1
  fi
  ((passed += p, failed += f)) || true
  note "$name" $((SECONDS - started)) "$p passed, $f failed, $s skipped"
}

# "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; …", once for each test binary.
count_cargo() {
  awk '/^test result: / { for (i = 2; i <= NF; i++) n[$i] += $(i - 1) }
    END { print n["passed;"] + 0, n["failed;"] + 0, n["ignored;"] + 0 }' "$1"
}

# "# pass 3" and so on, once at the end.
count_tap() {
  awk '/^# (pass|fail|cancelled|skipped|todo) [0-9]+$/ { n[$2] += $3 }
    END { print n["pass"] + 0, n["fail"] + n["cancelled"] + 0, n["skipped"] + n["todo"] + 0 }' "$1"
}

sum_up() {
  printf '\n'
  printf '%s\n' "${table[@]}"
  echo "$passed passed, $failed failed"
  ((failed == 0 && passed > 0))
}
