#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Runs a command in a small Linux that is made for it and thrown away: a root
# disk with busybox and the added programs, a stock kernel of Debian, an
# emulated PC.  The command's output is ours, so is its exit status, and what
# it leaves in /out is brought back.  Nothing outlives this script, and nothing
# of the machine underneath is touched.
set -u

usage() {
	cat <<'END'
usage: tests/vm/boot.sh [OPTION]... -- COMMAND [ARGUMENT]...
  --cache DIR         what setup.sh made (required)
  --kernel SERIES     6.1 or 6.12 (6.1)
  --mem MB            RAM (256), at least 80
  --cpus N            (1)
  --swap MB           (0: none)
  --swap-on disk|zram (disk)
  --swap-iops N       the swap disk does no more operations a second
  --cgroup v2|v1|none what is mounted on /sys/fs/cgroup (v2)
  --cmdline ARGUMENTS of the kernel, such as psi=0
  --add FILE[:TO]     put FILE into the machine, with its libraries
  --out DIR           bring /out here
  --disk MB           the root disk (256)
  --timeout S         for all of it (300); the command has 20 s less
  --console FILE      keep what the kernel printed
exit status: that of the command; 124: the time was up; 125: the machine
died; 2: usage, or it could not be made
END
}

die() {
	echo "boot: $*" >&2
	exit 2
}

here=$(cd "$(dirname "$0")" && pwd)
cache='' kernel=6.1 mem=256 cpus=1 swap=0 swap_on=disk swap_iops=0
cgroup=v2 cmdline='' out='' disk=256 limit=300 console=''
adds=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	[ $# -gt 1 ] || [ "$1" = --help ] || die "$1 needs a value"
	case $1 in
	--cache) cache=$2 ;;
	--kernel) kernel=$2 ;;
	--mem) mem=$2 ;;
	--cpus) cpus=$2 ;;
	--swap) swap=$2 ;;
	--swap-on) swap_on=$2 ;;
	--swap-iops) swap_iops=$2 ;;
	--cgroup) cgroup=$2 ;;
	--cmdline) cmdline=$2 ;;
	--add) adds+=("$2") ;;
	--out) out=$2 ;;
	--disk) disk=$2 ;;
	--timeout) limit=$2 ;;
	--console) console=$2 ;;
	--help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift 2
done
[ $# -gt 1 ] || { usage >&2 && exit 2; }
shift
for number in "$mem" "$cpus" "$swap" "$swap_iops" "$disk" "$limit"; do
	[[ $number =~ ^[0-9]+$ ]] || die "not a number: $number"
done
bb=$cache/busybox
[ -x "$bb" ] || die "no busybox in '$cache': setup.sh makes it"
kernel_dir=$(find "$cache/kernels" -mindepth 1 -maxdepth 1 -name "$kernel.*" |
	sort -V | tail -n 1)
[ -e "$kernel_dir/vmlinux" ] || die "no kernel $kernel in $cache"
# shellcheck disable=SC2034 # for root.sh
modules=$(echo "$kernel_dir"/lib/modules/*)

work=$(mktemp -d "${TMPDIR:-/tmp}/memtop-vm.XXXXXX") || exit 2
vm_pid=''
# shellcheck disable=SC2317 # for the trap
cleanup() {
	# the namespace of the machine ends with its `unshare`
	[ -z "$vm_pid" ] || kill -KILL "$vm_pid" 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

root=$work/root
# shellcheck source=root.sh
. "$here/root.sh"

fill_root() {
	add_base "$here/guest/vm-init"
	add_terminals
	for added in ${adds[@]+"${adds[@]}"}; do
		add_file "$added" || die "no such file: $added"
	done
	# zram asks for its compressor by name; in 6.1 that is a module
	[ "$swap_on" != zram ] || add_modules "$root/modules" lzo-rle zram
	# a little less than ours, so that /out comes back all the same
	cat >"$root/etc/vm.conf" <<-END
		SWAP_MB=$swap
		SWAP_ON=$swap_on
		CGROUP=$cgroup
		SOFT_LIMIT=$((limit > 40 ? limit - 20 : limit / 2))
	END
	printf 'exec' >"$root/etc/command"
	for word; do
		printf " '%s'" "${word//\'/\'\\\'\'}"
	done >>"$root/etc/command"
	echo >>"$root/etc/command"
}

make_disks() {
	mke2fs -q -t ext4 -b 4096 -O '^has_journal' -m 0 \
		-E lazy_itable_init=1 -d "$root" "$work/root.img" "${disk}M" &&
		truncate -s "$((swap > 0 ? swap : 1))M" "$work/swap.img" &&
		make_initramfs "$here/guest/ram-init" "$work/ram" \
			"$work/ram.cpio"
}

fill_root "$@"
make_disks >/dev/null || die "the disks could not be made"

throttle=''
[ "$swap_iops" = 0 ] || throttle=",throttling.iops-total=$swap_iops"
threads=single
[ "$cpus" = 1 ] || threads=multi
# On a busy machine an emulated timer can be too late for the kernel's check.
quiet='no_timer_check panic=-1 quiet'
machine=(qemu-system-x86_64 -M pc -accel "tcg,thread=$threads,tb-size=128"
	-cpu max -smp "$cpus" -m "$mem" -nodefaults -no-user-config
	-display none -no-reboot
	-kernel "$kernel_dir/vmlinux" -initrd "$work/ram.cpio"
	-append "console=ttyS0 reboot=t tsc=reliable $quiet $cmdline"
	-drive "file=$work/root.img,format=raw,if=virtio,cache=unsafe"
	-drive "file=$work/swap.img,format=raw,if=virtio,cache=unsafe$throttle"
	-serial "file:$work/console" -serial stdio)
# A process namespace of its own, whose first process is `timeout`: it ends
# with `unshare`, and that with this script, even when this one is killed.
guard=(setpriv --pdeathsig KILL unshare --pid --fork --kill-child
	timeout --foreground -s KILL "$limit")
begun=$SECONDS
# `cat`, because QEMU makes its standard output non-blocking
exec 4> >(exec cat)
cat_pid=$!
"${guard[@]}" "${machine[@]}" </dev/null >&4 2>"$work/errors" &
vm_pid=$!
wait "$vm_pid"
ended=$?
vm_pid=''
exec 4>&-
wait "$cat_pid"

[ -z "$console" ] || cp "$work/console" "$console"
debugfs -R "dump /etc/vm-status $work/status" "$work/root.img" 2>/dev/null
if [ -n "$out" ]; then
	mkdir -p "$out" "$work/back"
	debugfs -R "rdump /out $work/back" "$work/root.img" >/dev/null 2>&1
	cp -r "$work/back/out/." "$out/"
fi
[ ! -s "$work/status" ] || {
	read -r status _ <"$work/status"
	exit "$status"
}
[ $((SECONDS - begun)) -lt "$limit" ] || {
	echo "boot: the time of $limit s was up" >&2
	exit 124
}
echo "boot: the machine ended without a status ($ended)" >&2
tail -n 5 "$work/errors" >&2
tail -n 15 "$work/console" >&2
exit 125
