#!/bin/sh
# SPDX-License-Identifier: MIT
#
# memtop as a monitoring plugin on a calm machine, on one that thrashes, and
# where it cannot see: a line each in /out/said, with the exit status and the
# seconds that it took before.
# And what the others say that are started then: --once in its first line, and
# the samples of a screen in its first half minute, in /out/json.
# shellcheck source=common.sh
. /usr/local/bin/common.sh
total=$(total_mb)

ask() { # name, command …
	name=$1
	shift
	begun=$(date +%s)
	line=$("$@" 2>&1)
	echo "$name $? $(($(date +%s) - begun)) $line" >>/out/said
}

ask calm memtop --check
first() { # command …
	"$@" | head -n 1
}

begin hog -n set1 -m $((total * 65 / 100)) -W
begin hog -n set2 -m $((total * 65 / 100)) -W
sleep 20
memtop --batch --json -d 1 -n 30 >/out/json 2>>/out/memtop.err &
screen=$!
ask once first memtop --once
ask thrash memtop --check
wait $screen
end_all
sleep 1
ask usage memtop --check --no-such-option
ask blind unshare -m sh -c \
	'mount -t tmpfs none /proc && exec memtop --check'
ask recording memtop --check --replay /out/no-such-file
ask damaged memtop --check --replay /out/said
echo nobody:x:65534:65534::/:/bin/sh >>/etc/passwd
ask nobody su -s /bin/sh nobody -c 'memtop --check'
ask closed sh -c 'memtop --check >&-'
