# shellcheck shell=bash disable=SC2154
# Node packages: `npm ci`, only if the lock file has changed.

# Puts the project's own Node first in PATH.
use_node() {
  local bin
  bin=$("$root/scripts/node")
  PATH=$bin:$PATH
  export PATH
}

# `npm_ci FOLDER` installs the packages in FOLDER/package-lock.json.
npm_ci() {
  local folder=$1 hash stamp=$1/node_modules/.pawl-lock
  hash=$(sha256sum <"$folder/package-lock.json") || return
  stamp_is_fresh "$stamp" "$hash" && return
  say "npm ci in $folder"
  (cd "$folder" && npm ci --no-audit --no-fund --no-progress --loglevel=error </dev/null >&2) || return
  # npm makes no folder for a package without dependencies.
  mkdir -p "$folder/node_modules" && echo "$hash" >"$stamp"
}
