#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A box that thrashes is called so soon, and called healthy again soon after.
# This is about swap; see thrash-more.sh for what has none, and for culprits.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

machines() {
	times="5 30 85"
	[ -z "$FULL" ] || times="20 60 100"
	small="--mem 128 --swap 256 --timeout 400"
	run="-- thrash.sh swap $times"
	echo "thrash-zram-6.12 $small --swap-on zram --kernel 6.12 $run"
	echo "thrash-disk-6.1 $small --swap-iops 300 --kernel 6.1 $run"
	[ -n "$FULL" ] || return 0
	echo "thrash-zram-6.1 $small --swap-on zram --kernel 6.1 $run"
	echo "thrash-disk-6.12 $small --swap-iops 300 --kernel 6.12 $run"
}

judge() { # results
	scratch=$(mktemp -d) || exit 1
	trap 'rm -rf "$scratch"' EXIT
	for machine in $(machines | cut -d ' ' -f 1); do
		came_home "$1/$machine"
		verdicts "$1/$machine" 'stall|thrash|reclaim' >"$scratch/rows"
		judge_thrash "$scratch/rows" "$machine"
	done
	thrash_table thrash
	finish
}

"$@"
