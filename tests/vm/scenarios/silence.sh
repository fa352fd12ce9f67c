#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What looks like trouble and is none, one after the other, each marked with
# its name, while memtop samples.
#
# usage: silence.sh SECONDS
# shellcheck source=common.sh
. /usr/local/bin/common.sh
seconds=$1
total=$(total_mb)
box=$cgroups/box

# What nobody has read yet, and is larger than RAM: the disk, 16 MB a second.
# Read in a loop it would be what does not fit and is needed again.
read_disk() { # MB to begin at, command …
	from=$1
	shift
	"$@" sh -c "i=$from; while dd if=/dev/vda of=/dev/null bs=1M skip=\$i \
		count=4; do i=\$((i + 4)); sleep 0.25; done"
}

cold_reader() {
	read_disk 0 begin
}

stream_write() { # a file larger than RAM, again and again
	begin sh -c "while :; do dd if=/dev/zero of=/root/new bs=64k \
		count=$((total * 18)); done"
}

box_cache() { # a cgroup that is full of what it has read
	make_box "$box" 32M max
	read_disk 60 begin_in "$box"
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

sync
echo 3 >/proc/sys/vm/drop_caches
watch 1
for kind in cold_reader stream_write box_cache benign_swap parallel big_fork \
	saw_tooth; do
	mark "begin $kind"
	$kind
	sleep "$seconds"
	end_all
	rm -f /root/new /tmp/zipped*
	remove_box "$box"
	sleep 3
done
mark end
watch_end
