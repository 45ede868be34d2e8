# shellcheck shell=bash disable=SC2034
# The Debian packages that the project needs, and a probe for each. A probe looks for the program or
# file, not for the package, so that other ways of installation count too.

# probe and argument : packages that provide it
packages_for_run=(
  'c_compiler:gcc libc6-dev'
  'postgres:postgresql'
  'command redis-server:redis-server'
  'command ffmpeg:ffmpeg'
  'command ffprobe:ffmpeg'
  'python_venv:python3 python3-venv'
  'command curl:curl'
  'command ps:procps'
  'file /etc/ssl/certs/ca-certificates.crt:ca-certificates'
)
packages_for_check=("${packages_for_run[@]}")
packages_for_test=(
  "${packages_for_run[@]}"
  'command chromium:chromium'
  'fonts:fonts-dejavu-core'
  'faketime:faketime'
  'command promtool:prometheus'
)

probe_command() { command -v "$1" >/dev/null; }
probe_file() { [[ -e $1 ]]; }
probe_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
probe_python_venv() { /usr/bin/python3 -c 'import venv, ensurepip' 2>/dev/null; }
probe_fonts() { compgen -G '/usr/share/fonts/truetype/*/*.ttf' >/dev/null; }
probe_faketime() { compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null; }
probe_c_compiler() {
  printf '#include <stdio.h>\nint main(void) { return 0; }\n' |
    cc -x c - -o /dev/null 2>/dev/null
}

# Prints the packages that are missing for `run`, `test` or `check`, one a line.
missing_packages() {
  local -n table=packages_for_$1
  local row probe
  for row in "${table[@]}"; do
    read -ra probe <<<"${row%%:*}"
    "probe_${probe[0]}" "${probe[@]:1}" || tr ' ' '\n' <<<"${row#*:}"
  done | sort -u
}
