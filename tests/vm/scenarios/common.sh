# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# What the scenarios share.  They run inside a virtual machine, in the shell
# of busybox.  Everything is laid on one time line afterwards: memtop's samples
# carry the time, and what happens is said through the kernel's log, which
# klog writes down with the time.

# shellcheck disable=SC2034 # for the scenarios
cgroups=/sys/fs/cgroup
watch_options=''
watch_within=''
pids=

mark() { # words
	echo "memtop-vm: $*" >/dev/kmsg
}

# Samples to /out/json until the end.  memtop is as killable as it is.
watch() { # interval
	klog -t 3600 >/out/log 2>/out/klog.err &
	klog=$!
	: >/out/json
	start_memtop "$1"
}

start_memtop() { # interval
	# shellcheck disable=SC2086 # words
	$watch_within memtop --batch --json -d "$1" $watch_options \
		>>/out/json 2>>/out/memtop.err &
	memtop=$!
	sleep 2
}

stop_memtop() {
	kill "$memtop"
	wait "$memtop"
	echo $? >>/out/memtop.status
}

watch_again() { # interval
	stop_memtop
	start_memtop "$1"
}

watch_end() {
	stop_memtop
	kill "$klog"
	wait "$klog" || return 0
}

# Starts a process that end_all ends.
begin() { # command …
	"$@" >/dev/null 2>&1 &
	pids="$pids $!"
}

# … as a member of that cgroup from its first page on.
begin_in() { # cgroup, command …
	# shellcheck disable=SC2016 # for the inner shell
	begin sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$@"
}

end_all() {
	for pid in $pids; do
		kill -KILL "$pid"
	done 2>/dev/null
	for pid in $pids; do
		wait "$pid"
	done 2>/dev/null
	pids=
}

make_box() { # cgroup, limit (or max), limit of swap
	mkdir -p "$1"
	echo "$2" >"$1/memory.max"
	echo "$3" >"$1/memory.swap.max"
}

# With all that lives in it, the inner ones first.
remove_box() { # cgroup
	[ ! -d "$1" ] || echo 1 >"$1/cgroup.kill"
	for inner in "$1"/*/ "$1"; do
		i=0
		while [ -d "$inner" ] && ! rmdir "$inner" 2>/dev/null &&
			[ $i -lt 50 ]; do
			sleep 0.1
			i=$((i + 1))
		done
	done
}

total_mb() {
	awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo
}
