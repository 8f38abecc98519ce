#!/usr/bin/env bash
# Proves the README's two commands on a machine that has nothing but git: a new Debian 12 in a
# temporary folder, with a clone of what is committed here. Takes some minutes; not part of CI.
#
# usage: scripts/bare-check.sh [COMMAND…]     default: scripts/demo.sh scripts/test.sh
# needs: root, debootstrap, a Debian mirror ($DEBIAN_MIRROR, else deb.debian.org)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
(($# > 0)) || set -- scripts/demo.sh scripts/test.sh
if ((EUID != 0)) || ! command -v debootstrap >/dev/null; then
    echo "bare-check: needs root and debootstrap (apt-get install debootstrap)" >&2
    exit 1
fi

root=$(mktemp -d -t downline-bare.XXXXXX)
clean_up() {
    local folder
    for folder in dev/pts dev proc; do
        if mountpoint --quiet "$root/$folder"; then umount "$root/$folder"; fi
    done
    if mountpoint --quiet "$root/dev" || mountpoint --quiet "$root/proc"; then
        echo "bare-check: could not unmount everything; $root stays" >&2
        return
    fi
    rm -rf --one-file-system "$root"
}
trap clean_up EXIT
chmod 755 "$root"  # apt downloads as a user of its own

echo "bare-check: a new Debian 12 in $root" >&2
debootstrap --variant=minbase --include=git bookworm "$root" "$mirror" >/dev/null
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount --bind /dev/pts "$root/dev/pts"  # tests of colours ask for a terminal
git clone --quiet --bare --no-local . "$root/srv/downline.git"

inside() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM="${TERM:-dumb}" \
        chroot "$root" "$@"
}
inside git clone --quiet /srv/downline.git /root/downline
for command in "$@"; do
    echo "bare-check: $command" >&2
    started=$SECONDS
    inside "/root/downline/$command" </dev/null
    echo "bare-check: $command passed after $((SECONDS - started)) s" >&2
done
