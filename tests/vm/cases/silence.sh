#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What looks like trouble and is none must not be called trouble.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

machines() {
	seconds=10 which='^6\.1 '
	[ -z "$FULL" ] || seconds=60 which=.
	kernels | grep "$which" | while read -r name options; do
		printf '%s %s --timeout %s -- silence.sh %s\n' \
			"silence-$name" "--mem 256 --swap 128 \
--swap-on zram --cpus 2 --disk 1100 $options" \
			$((seconds * 7 + 150)) "$seconds"
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
	for name in cold_reader stream_write box_cache benign_swap parallel \
		big_fork saw_tooth; do
		result "$(jq -r --arg name $name 'select(.name == $name)
			| select(.says != "" or .samples < 5)
			| "\(.machine): \(.samples) samples, \(.says)"' \
			"$scratch/rows")" "$name: no alarm"
	done
	finish
}

"$@"
