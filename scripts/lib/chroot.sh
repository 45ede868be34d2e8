# shellcheck shell=bash disable=SC2154
# Creates a bare Debian 12 in a folder, with this machine's settings for its package servers.

fresh=/var/tmp/pawl-fresh
mirror=${PAWL_DEBIAN_MIRROR:-http://deb.debian.org}

# Only variables for package clients and certificates are passed on.
carried='^(https?_proxy|no_proxy|all_proxy|PIP_|NPM_CONFIG_|CARGO_(HTTP|NET|REGISTR|SOURCE)|RUSTUP_AUTO|SSL_CERT|CURL_CA|REQUESTS_CA|NODE_EXTRA_CA|GIT_SSL)[^=]*='

carried_environment() { env | grep -iE "$carried" || true; }

# The smallest Debian, and certificates, which package servers with TLS need.
make_base() {
  base=$fresh/base-bookworm.tar
  [[ -f $base ]] && return
  command -v debootstrap >/dev/null || die "please install debootstrap"
  say "making the base system (debootstrap bookworm)"
  local work
  work=$(mktemp -d "$fresh/base-XXXXXX")
  debootstrap --variant=minbase --include=ca-certificates bookworm "$work" "$mirror/debian"
  tar -C "$work" -cf "$base.new" .
  rm -rf --one-file-system "$work"
  mv "$base.new" "$base"
}

unpack_base() {
  local place=$1
  tar -C "$place" -xf "$fresh/base-bookworm.tar"
  chmod 755 "$place"
  cat >"$place/etc/apt/sources.list" <<SOURCES
deb $mirror/debian bookworm main
deb $mirror/debian bookworm-updates main
deb $mirror/debian-security bookworm-security main
SOURCES
  # Containers have a policy file that keeps packages from starting daemons. Without it, the test
  # shows whether scripts/install prevents that.
  rm -f "$place/usr/sbin/policy-rc.d"
}

# This machine's settings for its package servers.
carry_settings() {
  local place=$1 home=$2 file
  cp -L /etc/resolv.conf "$place/etc/resolv.conf"
  cp /etc/hosts "$place/etc/hosts"
  apt-config dump | grep -E '^Acquire::(https?|Check-|Retries|Force)' \
    >"$place/etc/apt/apt.conf.d/99carried" || true
  for file in /usr/local/share/ca-certificates/*.crt /etc/pip.conf; do
    copy_in "$place" "$file" "$file"
  done
  chroot "$place" update-ca-certificates >/dev/null 2>&1
  copy_in "$place" /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
  for file in .npmrc .config/pip/pip.conf .cargo/config.toml; do
    copy_in "$place" "$HOME/$file" "$home/$file"
  done
  # The value of a variable may be the path of a file.
  carried_environment | cut -d = -f 2- | while IFS= read -r file; do
    if [[ ! -e $place$file ]]; then copy_in "$place" "$file" "$file"; fi
  done
}

copy_in() {
  if [[ -f $2 ]]; then install -D -m 644 "$2" "$1$3"; fi
}

# The toolchain that compiles here, read-only, and a CARGO_HOME with rustup's proxies only.
mount_toolchain() {
  local place=$1 home=$2 sysroot name tool
  sysroot=$(rustc --print sysroot)
  name=${sysroot##*/}
  mkdir -p "$place/opt/rustup/toolchains/$name" "$place$home/.cargo/bin"
  mount --bind "$sysroot" "$place/opt/rustup/toolchains/$name"
  mount -o remount,ro,bind "$place/opt/rustup/toolchains/$name"
  printf 'version = "12"\nprofile = "minimal"\ndefault_toolchain = "%s"\n' "$name" \
    >"$place/opt/rustup/settings.toml"
  cp -L "$(command -v rustup)" "$place$home/.cargo/bin/rustup"
  for tool in cargo rustc rustdoc rustfmt cargo-fmt cargo-clippy clippy-driver; do
    ln -s rustup "$place$home/.cargo/bin/$tool"
  done
}

mount_system() {
  local place=$1 node
  mount -t proc proc "$place/proc"
  mount -t sysfs -o ro sysfs "$place/sys"
  mount -t tmpfs -o mode=755 tmpfs "$place/dev"
  for node in null zero full random urandom tty; do
    touch "$place/dev/$node"
    mount --bind "/dev/$node" "$place/dev/$node"
  done
  mkdir "$place/dev/pts" "$place/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$place/dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$place/dev/shm"
  ln -s pts/ptmx "$place/dev/ptmx"
  ln -s /proc/self/fd "$place/dev/fd"
  for node in stdin:0 stdout:1 stderr:2; do
    ln -s "/proc/self/fd/${node#*:}" "$place/dev/${node%:*}"
  done
}
