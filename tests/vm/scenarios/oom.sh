#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Episodes that each end in an OOM kill, while memtop samples.  An episode is
# KIND:SEED; sizes and oom_score_adj come from the seed.
#
#   global    five at rest and a grower, all over the machine
#   sleepers  forty small ones at rest and a grower
#   bomb      many small ones that are born all the time, one larger at rest
#   box       three at rest and a grower in a cgroup, a larger one outside
#   swapbox   the same, and the cgroup may swap some of it
#   nested    two cgroups in one that has the limit
#   group     … which is killed as a whole (memory.oom.group)
#   ties      three of the same size
#
# usage: oom.sh [nolog] EPISODE|/...
#   nolog  memtop cannot read the kernel's log
#   /      start memtop anew: it does not know of the kills before
# shellcheck source=common.sh
. /usr/local/bin/common.sh

limit_mb=64
box=$cgroups/box

# "NAME MB ADJ" for so many at rest, each with FROM to TO MB.
residents() { # seed, how many, from, to
	awk -v seed="$1" -v n="$2" -v from="$3" -v to="$4" 'BEGIN {
		srand(seed)
		split("0 0 -300 100 300", adj, " ")
		for (i = 1; i <= n; i++)
			printf "rest%d %.1f %d\n", i,
				from + (to - from) * rand(),
				adj[1 + int(5 * rand())]
	}'
}

global() { # seed
	total=$(total_mb)
	residents "$1" 5 $((total * 6 / 100)) $((total * 16 / 100)) >/tmp/who
	while read -r name mb adj; do
		begin hog -n "$name" -m "$mb" -a "$adj"
	done </tmp/who
	sleep 1.5
	begin hog -n grower -m 4 -r 400
}

sleepers() { # seed
	i=0
	while [ $i -lt 40 ]; do
		begin hog -n "rest$i" -m 1
		i=$((i + 1))
	done
	sleep 1.5
	begin hog -n grower -m 4 -r 500
}

# In a cgroup of its own, which bounds it: at most 400, and 0.3 MB each.
bomb() { # seed
	make_box "$box" ${limit_mb}M 0
	echo 400 >"$box/pids.max"
	begin_in "$box" hog -n rest1 -m 12
	sleep 1.5
	begin_in "$box" sh -c 'while :; do hog -n bomb -m 0.3 & done'
}

boxed() { # seed
	begin hog -n outside -m 70
	residents "$1" 3 $((limit_mb * 12 / 100)) $((limit_mb * 25 / 100)) \
		>/tmp/who
	while read -r name mb adj; do
		begin_in "$box" hog -n "$name" -m "$mb" -a "$adj"
	done </tmp/who
	sleep 1.5
	begin_in "$box" hog -n grower -m 3 -r 360
}

box() { # seed
	make_box "$box" ${limit_mb}M 0
	boxed "$1"
}

swapbox() { # seed
	make_box "$box" ${limit_mb}M 24M
	boxed "$1"
}

nest() { # seed, whether the inner ones die as a whole
	make_box "$box" ${limit_mb}M 0
	echo +memory >"$box/cgroup.subtree_control"
	residents "$1" 4 5 13 >/tmp/who
	while read -r name mb adj; do
		inner=$box/a
		case $name in
		*[24]) inner=$box/b ;;
		esac
		make_box "$inner" max max
		echo "$2" >"$inner/memory.oom.group"
		begin_in "$inner" hog -n "$name" -m "$mb" -a "$adj"
	done </tmp/who
	sleep 1.5
	begin_in "$box/a" hog -n grower -m 3 -r 360
}

nested() { # seed
	nest "$1" 0
}

group() { # seed
	nest "$1" 1
}

ties() { # seed
	make_box "$box" ${limit_mb}M 0
	for i in 1 2 3; do
		begin_in "$box" hog -n "rest$i" -m 12
	done
	sleep 1.5
	begin_in "$box" hog -n grower -m 3 -r 240 -a -500
}

# What bounds it: "/ 0" is the machine, else a cgroup and its bytes with swap.
bounds() { # kind
	case $1 in
	global | sleepers) echo / 0 ;;
	swapbox) echo /box $(((limit_mb + 24) << 20)) ;;
	*) echo /box $((limit_mb << 20)) ;;
	esac
}

stop_all() {
	for pid in $pids; do
		kill -STOP "$pid"
	done 2>/dev/null
	sleep 6
}

episode() { # KIND:SEED
	kind=${1%:*}
	klog -k -t 60 >/dev/null &
	killed=$!
	sleep 0.5
	mark "episode $1 $(bounds "$kind")"
	"$kind" "${1#*:}"
	wait "$killed" || mark "no kill in $1"
	# without a log, whoever else ends now could be taken for a victim
	[ -z "$watch_within" ] || stop_all
	end_all
	mark "end $1"
	remove_box "$box"
	sleep 1
}

if [ "$1" = nolog ]; then
	# shellcheck disable=SC2034 # for watch
	watch_within='unshare -m nolog.sh'
	shift
fi
watch 0.25
for word; do
	if [ "$word" = / ]; then
		watch_again 0.25
	else
		episode "$word"
	fi
done
watch_end
