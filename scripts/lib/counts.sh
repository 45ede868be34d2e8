# shellcheck shell=bash disable=SC2154
# Runs test suites one after the other and adds up their results.

passed=0 failed=0 skipped=0 table=()
# The names of tests that CI may skip, each with its reason in a comment.
allowed_skips=()

note() { table+=("$(printf '  %-16s %5d s   %s' "$1" "$2" "$3")"); }

# `run_suite NAME KIND COMMAND…`: COMMAND writes to a result file, which is its first argument; KIND
# (cargo or tap) is its format. A suite that fails without a failed test, or that runs no test, counts
# as one failure.
run_suite() {
  local name=$1 kind=$2 file=$results/${1//\//-} code=0 started=$SECONDS p f s
  shift 2
  : >"$file"
  say "suite $name"
  "$1" "$file" "${@:2}" || code=$?
  read -r p f s < <("count_$kind" "$file")
  if ((code != 0 && f == 0)); then
    say "suite $name ended with code $code"
    f=1
  elif ((p == 0 && f == 0)); then
    say "suite $name passed no test"
    f=1
  fi
  judge_skipped "$name" "$kind" "$file" "$s"
  ((passed += p, failed += f, skipped += s)) || true
  note "$name" $((SECONDS - started)) "$p passed, $f failed, $s skipped"
}

# In CI, counts skipped tests as failures (`f`), so that no test stops running unnoticed.
judge_skipped() {
  local name=$1 kind=$2 file=$3 count=$4 names allowed
  ((count)) || return 0
  names=$("skipped_$kind" "$file")
  say "suite $name skipped: ${names//$'\n'/; }"
  allowed=$(grep -cxF -f <(printf '%s\n' "${allowed_skips[@]}") <<<"$names") || true
  if [[ ${CI:-} == true ]] && ((count > allowed)); then
    say "suite $name skipped $((count - allowed)) that CI does not allow"
    ((f += count - allowed))
  fi
}

# "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; …", once for each test binary.
count_cargo() {
  awk '/^test result: / { for (i = 2; i <= NF; i++) n[$i] += $(i - 1) }
    END { print n["passed;"] + 0, n["failed;"] + 0, n["ignored;"] + 0 }' "$1"
}

# "test area::name ... ignored, reason"
skipped_cargo() { sed -nE 's/^test (.*) \.\.\. ignored.*/\1/p' "$1"; }

# "# pass 3" and so on, once at the end.
count_tap() {
  awk '/^# (pass|fail|cancelled|skipped|todo) [0-9]+$/ { n[$2] += $3 }
    END { print n["pass"] + 0, n["fail"] + n["cancelled"] + 0, n["skipped"] + n["todo"] + 0 }' "$1"
}

# "ok 4 - name # SKIP reason"
skipped_tap() { sed -nE 's/^ *(not )?ok [0-9]+ - (.*) # (SKIP|TODO).*/\2/p' "$1"; }

sum_up() {
  printf '\n'
  printf '%s\n' "${table[@]}"
  ((skipped == 0)) || echo "$skipped skipped"
  echo "$passed passed, $failed failed"
  ((failed == 0 && passed > 0))
}
