#!/usr/bin/env bash
# Called by scripts/fresh-debian in new mount and pid namespaces:
# fresh-namespace.sh PLACE USER run|test|ci. Fills PLACE and calls fresh-inside.sh in it.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/lib/chroot.sh
source "$root/scripts/lib/chroot.sh"

place=$1 user=$2 what=$3
home=/root
[[ $user == root ]] || home=/home/$user

unpack_base "$place"
mount_system "$place"
carry_settings "$place" "$home"
if [[ $user != root ]]; then
  chroot "$place" useradd --no-create-home --home-dir "$home" --shell /bin/bash "$user"
fi
mount_toolchain "$place" "$home"
cp "$root/scripts/lib/fresh-inside.sh" "$place/opt/fresh-inside.sh"
install -m 644 "$place.bundle" "$place/opt/pawl.bundle"

mapfile -t environment < <(carried_environment)
as_root=(env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb
  "${environment[@]}")

# The first line of the README: git, make (and the toolchain, which is mounted).
packages=(git make)
[[ $user == root ]] || packages+=(sudo)
chroot "$place" "${as_root[@]}" sh -c "apt-get -qq update &&
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install -y \
    --no-install-recommends ${packages[*]}" >/dev/null

if [[ $user != root ]]; then
  echo "$user ALL=(ALL) NOPASSWD: ALL" >"$place/etc/sudoers.d/$user"
  chroot "$place" chown -R "$user:$user" "$home" /opt/rustup/settings.toml
fi
chmod 700 "$place$home"

# setpriv, not su: su would start a new session, which signals do not reach.
ids=$(chroot "$place" id -u "$user")
chroot "$place" "${as_root[@]}" \
  HOME="$home" USER="$user" LOGNAME="$user" RUSTUP_HOME=/opt/rustup CARGO_HOME="$home/.cargo" \
  PATH="$home/.cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
  setpriv --reuid "$ids" --regid "$ids" --init-groups \
  bash /opt/fresh-inside.sh "$what"
