#!/bin/sh
# SPDX-License-Identifier: MIT
#
# memtop on a machine that lacks something: a sample as JSON, one as text,
# three in a row, and a recording.
# shellcheck source=common.sh
. /usr/local/bin/common.sh
for memory in "$cgroups" "$cgroups/memory"; do
	[ ! -e "$memory/cgroup.procs" ] || mkdir -p "$memory/box" || continue
	[ -d "$memory/box" ] || continue
	[ ! -e "$memory/box/cgroup.procs" ] || break
done
if [ -e "$memory/box/cgroup.procs" ]; then
	begin_in "$memory/box" hog -n boxed -m 10
else
	begin hog -n boxed -m 10
fi
sleep 1
run() { # file, option …
	file=$1
	shift
	memtop "$@" >"/out/$file" 2>>/out/memtop.err
	echo $? >>/out/memtop.status
}
run json --once --json
run text --once
run jsonl --batch --json -n 3 -d 0.5
run recorded --batch -n 3 -d 0.5 --write /out/recording
end_all
