#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What figures.sh is for the machine as a whole, for swap on zram with a limit.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

machines() {
	"$here/cases/figures.sh" machines
}

# orig_data_size compr_data_size mem_used_total mem_limit …
zram_rows() { # results/machine
	for row in 'original 1' 'compressed 2' 'used 3' 'ram_limit 4'; do
		# shellcheck disable=SC2086 # two words
		set -- "$1" $row
		printf 'zram %s\t%s\t%s\t%s\t0\n' "$2" \
			"$(awk -v c="$3" '{ print $c }' "$1/before/mm_stat")" \
			"$(jq ".zram[0].$2" "$scratch/sample")" \
			"$(awk -v c="$3" '{ print $c }' "$1/after/mm_stat")"
	done
}

judge() { # results
	scratch=$(mktemp -d) || exit 1
	trap 'rm -rf "$scratch"' EXIT
	for machine in $(machines | cut -d ' ' -f 1); do
		came_home "$1/$machine"
		sample_between "$1/$machine" >"$scratch/sample"
		zram_rows "$1/$machine" >"$scratch/rows"
		result "$(astray "$scratch/rows")" \
			"$machine: zram as the kernel says"
	done
	{
		printf '%s\tbefore\tmemtop\tafter\tslack\n' "$machine"
		cat "$scratch/rows"
	} | table
	finish
}

"$@"
