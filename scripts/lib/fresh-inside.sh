#!/usr/bin/env bash
# Runs in the fresh Debian as the user who calls make: fresh-inside.sh run|test|ci.
set -euo pipefail

warm_limit=5
cold_limit=420

main() {
  cd
  must_be_bare
  git clone --quiet /opt/pawl.bundle pawl
  cd pawl
  echo "== $(. /etc/os-release && echo "$PRETTY_NAME"), as $(id -un), $(rustc --version)," \
    "commit $(git rev-parse --short HEAD)"
  case $1 in
    run) prove_run ;;
    test) timed make test ;;
    ci) timed .ci/run ;;
  esac
}

# The tools that the scripts must install are not there yet.
must_be_bare() {
  local tool
  for tool in cc gcc python3 curl ps node npm psql initdb redis-server ffmpeg chromium; do
    if command -v "$tool" >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/$tool" >/dev/null
    then
      echo "this Debian is not fresh: it has $tool"
      exit 1
    fi
  done
}

timed() {
  local code=0
  SECONDS=0
  "$@" </dev/null || code=$?
  echo "== $*: $SECONDS s, exit code $code"
  return "$code"
}

prove_run() {
  local cold warm
  start_and_check cold "$cold_limit"
  start_and_check warm "$warm_limit"
  echo "== make run: cold $cold s (limit $cold_limit), warm $warm s (limit $warm_limit)"
  ((cold <= cold_limit && warm <= warm_limit))
}

# Starts `make run`, waits for its addresses, requests each of them and stops it. The variable named
# by $1 receives the seconds until the addresses were known.
start_and_check() {
  local pid address
  echo "== make run, $1"
  SECONDS=0
  make run </dev/null &
  pid=$!
  until [[ -e .pawl/run.json ]]; do
    if ! kill -0 "$pid" 2>/dev/null || ((SECONDS > 2 * $2)); then
      echo "== make run gave no addresses after $SECONDS s"
      exit 1
    fi
    sleep 0.2
  done
  printf -v "$1" %s "$SECONDS"
  for address in $(addresses); do
    curl --silent --show-error --fail --max-time 10 --output /dev/null "$address"
    echo "== answers: $address"
  done
  until curl --silent --fail "$(api_url)/" | grep -q '<script'; do
    if ((SECONDS > 2 * $2)); then
      echo "== the web client is not there after $SECONDS s"
      exit 1
    fi
    sleep 0.2
  done
  echo "== the web client is there after $SECONDS s"
  kill -TERM "$pid"
  wait "$pid" || true
  nothing_is_left
}

api_url() { python3 -c 'import json; print(json.load(open(".pawl/run.json"))["api_url"])'; }

addresses() {
  python3 - <<'PYTHON'
import json
told = json.load(open(".pawl/run.json"))
print(told["api_url"] + "/", told["api_url"] + "/api/v1/instance", told["api_url"] + "/readyz")
print(told["upload_url"] + "/readyz", *(url + "/readyz" for url in told["ops_urls"].values()))
PYTHON
}

nothing_is_left() {
  if pgrep --full --list-full 'postgres|redis-server|target/local/|ffmpeg'; then
    echo "== these outlived make run"
    exit 1
  fi
  [[ ! -e .pawl/run.json ]]
}

main "$@"
