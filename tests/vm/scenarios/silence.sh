#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What looks like trouble and is none, one after the other, each marked with
# its name, while memtop samples.
#
# usage: silence.sh SECONDS KIND...
# shellcheck source=common.sh
. /usr/local/bin/common.sh
seconds=$1
shift
total=$(total_mb)
box=$cgroups/box

# What nobody has read yet, and is larger than RAM: the disk, 8 MB a second.
# What was read before would be what does not fit and is needed again.
next_mb=0
read_disk() { # seconds, command …
	from=$next_mb
	next_mb=$((next_mb + 8 * $1 + 40))
	shift
	"$@" sh -c "i=$from; while dd if=/dev/vda of=/dev/null bs=1M skip=\$i \
		count=2; do i=\$((i + 2)); sleep 0.25; done"
}

cold_reader() {
	read_disk "$seconds" begin
}

stream_write() { # a file larger than RAM, again and again
	begin sh -c "while :; do dd if=/dev/zero of=/root/new bs=64k \
		count=$((total * 18)); done"
}

box_cache() { # a cgroup that is full of what it has read
	make_box "$box" 32M max
	read_disk "$seconds" begin_in "$box"
}

benign_swap() { # idle memory goes to swap and stays there
	make_box "$box" max max
	begin_in "$box" hog -n idle -m $((total / 4))
	sleep 2
	echo $((total / 6))M >"$box/memory.reclaim"
}

parallel() { # more work than processors, as of a compiler
	for i in 1 2 3 4; do
		begin sh -c "while :; do dd if=/dev/zero bs=64k count=40 |
			gzip -c >/tmp/zipped$i; done"
	done
}

big_fork() { # a third of RAM, shared with children that come and go
	begin hog -n big -m $((total / 3)) -f
}

saw_tooth() { # a garbage collector's
	begin hog -n saw -m $((total / 10)) -r 600 -M $((total * 3 / 10)) -s
}

# It asks for rows here and there until its tables are cached, and fills its
# buffers up to the size it was given.
database() {
	dd if=/dev/zero of=/root/new bs=1M count=$((total * 3 / 10)) 2>/dev/null
	sync
	echo 1 >/proc/sys/vm/drop_caches
	begin hog -n reader -F /root/new
	begin hog -n buffers -m 4 -r $((total * 14 / seconds)) \
		-M $((total * 14 / 100))
}

# The counters of the second one begin again at nothing.
box_again() {
	for round in 1 2; do
		make_box "$box" 24M max
		read_disk "$seconds" begin_in "$box"
		sleep $((seconds / 2))
		[ $round = 2 ] || {
			end_all
			remove_box "$box"
		}
	done
}

set_clock() { # seconds on
	date -s "@$(($(date +%s) + $1))" >/dev/null
	clock=$((clock - $1))
}

clock_on() {
	saw_tooth
	set_clock 1800
}

clock_back() {
	saw_tooth
	set_clock -1800
}

late() { # memtop itself stands still for longer than it looks back
	saw_tooth
	kill -STOP "$memtop"
	sleep 32
	kill -CONT "$memtop"
}

# The wall clock is set in between, so marks have the time since boot as well.
mark_uptime() { # words
	mark "$* @$(cut -d ' ' -f 1 /proc/uptime)"
}

clock=0
sync
echo 3 >/proc/sys/vm/drop_caches
watch 1
for kind; do
	mark_uptime begin "$kind"
	$kind
	sleep "$seconds"
	end_all
	[ $clock = 0 ] || set_clock $clock
	rm -f /root/new /tmp/zipped*
	remove_box "$box"
	sleep 3
done
mark_uptime end
watch_end
