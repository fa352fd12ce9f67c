#!/bin/sh
# SPDX-License-Identifier: MIT
#
# memtop as a monitoring plugin on a calm machine, on one that thrashes, and
# where it cannot see: a line each in /out/said, with the exit status before.
# shellcheck source=common.sh
. /usr/local/bin/common.sh
total=$(total_mb)

ask() { # name, command …
	name=$1
	shift
	line=$("$@" 2>&1)
	echo "$name $? $line" >>/out/said
}

ask calm memtop --check
begin hog -n set1 -m $((total * 65 / 100)) -W
begin hog -n set2 -m $((total * 65 / 100)) -W
sleep 20
ask thrash memtop --check
end_all
sleep 1
ask usage memtop --check --no-such-option
ask blind unshare -m sh -c \
	'mount -t tmpfs none /proc && exec memtop --check'
