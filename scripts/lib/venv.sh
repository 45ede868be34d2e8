# shellcheck shell=bash disable=SC2154
# A Python environment under .pawl/ for tools from PyPI: Debian's pip refuses to install outside of
# one. The user's settings of pip and of proxies apply.

venv=$state/venv

# `venv_pip COMMAND ARGUMENT…` runs pip quietly; call it under `with_lock tools`.
venv_pip() {
  local command=$1
  shift
  # The environment contains absolute paths: in a clone that was moved it is created again.
  if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --clear "$venv"
  fi
  "$venv/bin/python" -m pip "$command" --quiet --no-input --disable-pip-version-check \
    --progress-bar off "$@" >&2
}

# `venv_tool PACKAGE VERSION` installs that version of a package that brings a binary, unless it is
# there; call it under `with_lock tools`.
venv_tool() {
  local metadata=${1//-/_}-$2.dist-info
  compgen -G "$venv/lib/python*/site-packages/$metadata" >/dev/null || venv_pip install "$1==$2"
}
