#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What looks like trouble and is none must not be called trouble.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

busy='cold_reader stream_write box_cache box_again benign_swap parallel'
busy="$busy big_fork saw_tooth database"
odd='clock_on clock_back late'

machines() {
	seconds=40 which='^6\.1 '
	[ -z "$FULL" ] || seconds=120 which=.
	kernels | grep "$which" | while read -r name options; do
		echo "silence-$name --mem 256 --swap 128 --swap-on zram" \
			"--cpus 2 --disk $((seconds * 40 + 600)) $options" \
			"--timeout $((seconds * 11 + 250)) -- silence.sh $seconds $busy"
		echo "silence-odd-$name --mem 192 --swap 64 $options" \
			"--timeout $((seconds * 4 + 200))" \
			"-- silence.sh $seconds $odd"
	done
}

judge() { # results
	scratch=$(mktemp -d) || exit 1
	trap 'rm -rf "$scratch"' EXIT
	for machine in $(machines | cut -d ' ' -f 1); do
		came_home "$1/$machine"
		verdicts "$1/$machine" '.' | jq -c --arg machine "$machine" \
			'. + { machine: $machine }'
	done >"$scratch/all"
	grep -v '^{' "$scratch/all"
	grep '^{' "$scratch/all" >"$scratch/rows"
	n=$(grep -c -E '^(not )?ok ' "$scratch/all")
	jq -r -s '["machine", "phase", "samples", "worst"],
		(.[] | [.machine, .name, .samples, .worst]) | @tsv' \
		"$scratch/rows" | keep_table silence
	wrong=
	[ "$(wc -l <"$scratch/rows")" = "$(machines |
		awk '{ n += NF - 1; for (i = 1; i < NF; i++)
			if ($i == "silence.sh") n -= i }
			END { print n }')" ] ||
		wrong=$(jq -r '"\(.machine) \(.name)"' "$scratch/rows")
	result "$wrong" 'all was watched'
	for name in $busy $odd; do
		result "$(jq -r --arg name "$name" 'select(.name == $name)
			| select(.says != "" or .samples < 30)
			| "\(.machine): \(.samples) samples, \(.says)"' \
			"$scratch/rows")" "$name: no alarm"
	done
	finish
}

"$@"
