#!/bin/sh
# SPDX-License-Identifier: MIT
#
# memtop keeps painting where the machine thrashes: gaps between its refreshes
# are no longer than those of htop in the same scenario, 95 of 100 are at most
# one and a half of the interval (which is 500 ms), and keys are answered.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

# A fraction of a difference is the emulator's, not the program's.
noise_percent=10

machines() {
	refreshes=45
	[ -z "$FULL" ] || refreshes=510
	for where in 'zram --swap-on zram' 'disk --swap-iops 300'; do
		for kernel in 6.1 6.12; do
			[ -n "$FULL" ] || [ $kernel = 6.1 ] || continue
			printf '%s-%s --kernel %s %s --timeout %s -- %s\n' \
				"refresh-${where%% *}" $kernel $kernel \
				"--mem 128 --swap 256 ${where#* }" \
				$((refreshes * 4 + 150)) \
				"refresh.sh $refreshes"
		done
	done
}

# Of the lines "gap 501.2" and "key 3.1": gap_count, key_p95, gap_max …
value() { # file, name
	sed -n "s/^${2%_*} //p" "$1" | sort -g | awk -v what="${2#*_}" '
		{ v[NR] = $1 }
		END {
			if (what == "count") print NR
			else if (!NR) print "none"
			else if (what == "p50") print v[int(NR * 0.5) + 1]
			else if (what == "p95") print v[int(NR * 0.95) + 1]
			else print v[NR]
		}'
}

at_most() { # number, limit
	awk -v x="$1" -v limit="$2" 'BEGIN {
		exit !(x ~ /^[0-9.]+$/ && limit ~ /^[0-9.]+$/ && x <= limit) }'
}

judge_gaps() { # results/machine
	for name in gap_p95 gap_max; do
		[ -s "$1/htop" ] || {
			skip "${1##*/}: $name is at most htop's" 'no htop here'
			continue
		}
		limit=$(value "$1/htop" $name | awk -v more=$noise_percent '{
			print $1 * (100 + more) / 100 }')
		wrong=
		at_most "$(value "$1/memtop" $name)" "$limit" ||
			wrong="memtop $(value "$1/memtop" $name), htop \
$(value "$1/htop" $name)"
		result "$wrong" "${1##*/}: $name is at most htop's"
	done
	wrong=
	at_most "$(value "$1/memtop" gap_p95)" 750 ||
		wrong="$(value "$1/memtop" gap_p95) ms"
	result "$wrong" "${1##*/}: 95 of 100 refreshes within 750 ms"
}

judge_machine() { # results/machine
	memtop=$1/memtop
	htop=$1/htop
	for what in gap key; do
		for name in count p50 p95 max; do
			printf '%s\t%s\t%s\t%s\n' "${1##*/}" "${what}_$name" \
				"$(value "$memtop" ${what}_$name)" \
				"$(value "$htop" ${what}_$name)"
		done
	done >>"$scratch/table"
	printf '%s\tcpu\t%s\t%s\n' "${1##*/}" "$(value "$memtop" cpu_p50)" \
		"$(value "$htop" cpu_p50)" >>"$scratch/table"
	if [ -n "$FULL" ]; then
		judge_gaps "$1"
	else
		skip "${1##*/}: gaps" 'so few say nothing: FULL=1'
	fi
	wrong=
	at_most "$(value "$memtop" key_max)" 5000 ||
		wrong="$(value "$memtop" key_max) ms"
	result "$wrong" "${1##*/}: every key is answered within 5 s"
	least=$(machines | awk -v name="${1##*/}" '$1 == name { print $NF }')
	wrong=
	[ "$(value "$memtop" gap_count)" = "$least" ] ||
		wrong="$(value "$memtop" gap_count) of $least"
	result "$wrong" "${1##*/}: $least refreshes"
}

judge() { # results
	scratch=$(mktemp -d) || exit 1
	trap 'rm -rf "$scratch"' EXIT
	printf 'machine\tms\tmemtop\thtop\n' >"$scratch/table"
	for machine in $(machines | cut -d ' ' -f 1); do
		came_home "$1/$machine"
		judge_machine "$1/$machine"
	done
	keep_table refresh <"$scratch/table"
	finish
}

"$@"
