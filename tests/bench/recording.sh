#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Bytes per sample of a recording, beside those of atop's raw log: the same
# processes, the same minutes, the same interval.  In a pid namespace of its
# own, so that nothing else on the machine counts; needs root.
#
# The first half minute is left out: both begin with everything.  Keyframes of
# memtop that come later are in, so the longer it runs the fairer it is.
#
# usage: tests/bench/recording.sh [BUILD [PROCESSES [SECONDS]]]
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$(realpath "${1:-build}/memtop") || exit 1
processes=${2:-2000}
seconds=${3:-300}
begin=30

for need in unshare sqlite3; do
	command -v "$need" >/dev/null || {
		echo "recording.sh: $need is not here" >&2
		exit 1
	}
done

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# everything that runs in here ends with its first process
# shellcheck disable=SC2016 # the inner shell expands them
unshare --pid --fork --mount-proc --kill-child sh -c '
	program=$1 processes=$2 seconds=$3 begin=$4 scratch=$5
	i=0
	while [ "$i" -lt "$processes" ]; do
		sleep 100000 &
		i=$((i + 1))
	done
	sleep 5
	if command -v atop >/dev/null; then
		atop -w "$scratch/atop" 1 "$seconds" >/dev/null 2>&1 &
	fi
	"$program" --batch --write "$scratch/memtop" --samples "$seconds" &
	recorder=$!
	pages() {
		sqlite3 "$scratch/memtop" \
			"SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
	}
	sleep "$begin"
	pages >"$scratch/memtop.begin"
	wc -c <"$scratch/atop" >"$scratch/atop.begin" 2>/dev/null
	wait "$recorder"
	sleep 2
	pages >"$scratch/memtop.end"
	wc -c <"$scratch/atop" >"$scratch/atop.end" 2>/dev/null
' sh "$program" "$processes" "$seconds" "$begin" "$scratch" || exit 1

per_sample() { # name
	end=$(cat "$scratch/$1.end") first=$(cat "$scratch/$1.begin")
	[ -n "$end" ] || return
	echo $(((end - first) / (seconds - begin)))
}
memtop=$(per_sample memtop)
atop=$(per_sample atop)
echo "processes $processes, samples $seconds, one a second"
echo "memtop $memtop bytes per sample, $(cat "$scratch/memtop.end") in all"
if [ -n "$atop" ]; then
	echo "atop $atop bytes per sample, $(cat "$scratch/atop.end") in all"
	echo "memtop/atop $((memtop * 100 / atop)) %"
else
	echo "atop is not here"
fi
sqlite3 "$scratch/memtop" "SELECT printf('%s keyframes', count(DISTINCT keyframe)) FROM samples" \
	"SELECT printf('%5d %% %s', 100.0 * sum(pgsize) / (SELECT sum(pgsize) FROM dbstat), name) FROM dbstat GROUP BY name ORDER BY sum(pgsize) DESC LIMIT 8"
