#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Thrash that shows elsewhere: files that are read again and again where there
# is no swap, and a cgroup with a limit of its own on an idle machine.  And who
# it is, on all of them.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

machines() {
	times="5 30 85"
	[ -z "$FULL" ] || times="20 60 100"
	echo "thrash-files-6.1 --kernel 6.1 --mem 128 --disk 512" \
		"--timeout 400 -- thrash.sh files $times"
	echo "thrash-box-6.12 --kernel 6.12 --mem 192 --swap 128" \
		"--swap-on zram --timeout 400 -- thrash.sh box $times"
	"$here/cases/thrash.sh" machines
}

judge() { # results
	scratch=$(mktemp -d) || exit 1
	trap 'rm -rf "$scratch"' EXIT
	for machine in $(machines | cut -d ' ' -f 1); do
		came_home "$1/$machine"
		verdicts "$1/$machine" 'stall|thrash|reclaim' >"$scratch/rows"
		case $machine in
		thrash-files-* | thrash-box-*)
			judge_thrash "$scratch/rows" "$machine"
			;;
		esac
		culprit='set[12]'
		[ "$machine" != thrash-box-6.12 ] || culprit='box|set1'
		wrong=$(jq -r --arg who "^/?($culprit)$" '
			select(.name == "onset")
			| [.subjects[] | select(.role == "culprit")
				| .command // .cgroup] as $named
			| select($named == [] or any($named[]; test($who) | not))
			| "\($named): \(.says)"' "$scratch/rows")
		result "$wrong" "$machine: the culprit is named"
	done
	thrash_table thrash-more
	finish
}

"$@"
