#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A working set that does not fit, after a calm time and before another one,
# while memtop samples.
#
# usage: thrash.sh KIND CALM SECONDS AFTER
#   KIND  swap   random writes to 130 % of RAM
#         files  random reads of a file larger than RAM, no swap
#         box    the first, in a cgroup of 48 MB beside an idle machine
# shellcheck source=common.sh
. /usr/local/bin/common.sh
kind=$1 calm=$2 seconds=$3 after=$4
total=$(total_mb)
box=$cgroups/box

case $kind in
files)
	# programs and what they read are the working set
	dd if=/dev/zero of=/root/big bs=1M count=$((total * 13 / 10)) \
		2>/dev/null
	sync
	echo 3 >/proc/sys/vm/drop_caches
	;;
box)
	make_box "$box" 48M max
	;;
esac
watch 1
sleep "$calm"
mark onset
case $kind in
swap)
	begin hog -n set1 -m $((total * 65 / 100)) -W
	begin hog -n set2 -m $((total * 65 / 100)) -W
	;;
files)
	begin hog -n set1 -F /root/big
	begin hog -n set2 -F /root/big
	;;
box)
	begin_in "$box" hog -n set1 -m 62 -W
	;;
esac
sleep "$seconds"
end_all
mark relief
sleep "$after"
mark end
watch_end
