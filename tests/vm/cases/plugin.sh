#!/bin/sh
# SPDX-License-Identifier: MIT
#
# `memtop --check`: one line, and 0, 1, 2 or 3 as monitoring plugins do.  And
# the first seconds: whatever is started on a machine that thrashes does not
# call it healthy.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

machines() {
	echo "plugin-6.1 --kernel 6.1 --mem 128 --swap 256 --swap-iops 300" \
		"--timeout 200 -- plugin.sh"
	echo "plugin-zram-6.12 --kernel 6.12 --mem 128 --swap 256" \
		"--swap-on zram --timeout 200 -- plugin.sh"
}

# Names and statuses; how long it took is on the line as well.
judge_statuses() { # results/machine
	for expected in 'calm 0' 'once 0' 'thrash [12]' 'usage 3' 'blind 3' \
		'recording 3' 'damaged 3' 'nobody 0' 'closed 3'; do
		wrong=
		grep -q "^$expected [0-9]* ." "$1/said" ||
			wrong=$(grep "^${expected% *} " "$1/said" || echo nothing)
		result "$wrong" "${1##*/}: exit status of ${expected% *}"
	done
	wrong=
	[ "$(wc -l <"$1/said")" = 9 ] || wrong=$(cat "$1/said")
	result "$wrong" "${1##*/}: one line each"
	result "$(awk '$3 > 30' "$1/said")" "${1##*/}: none takes long"
	for name in thrash calm nobody; do
		result "$(grep "^$name " "$1/said" |
			grep -v -E 'MEMORY (OK|WARNING|CRITICAL) - .* [|] ')" \
			"${1##*/}: $name has figures behind a bar"
	done
}

judge_first_seconds() { # results/machine
	jq -r '[.verdict.severity, (.verdict.at_least | tostring),
		.verdict.text] | @tsv' "$1/json" |
		awk -F '\t' '$0 != said { said = $0; print "# " NR " s: " $0 }'
	result "$(grep '^once ' "$1/said" | grep -i -w -e healthy -e OK)" \
		"${1##*/}: --once does not call it healthy"
	result "$(jq -r 'select(.verdict.severity == "OK")
		| .verdict.text' "$1/json")" \
		"${1##*/}: nor does a sample of the first 30"
	result "$(jq -r -s '[.[].verdict.severity] | .[15:][]
		| select(. != "WARN" and . != "CRIT")' "$1/json")" \
		"${1##*/}: called within 15 s, and as long as it lasts"
}

judge() { # results
	for machine in $(machines | cut -d ' ' -f 1); do
		came_home "$1/$machine"
		sed 's/^/# /' "$1/$machine/said"
		judge_statuses "$1/$machine"
		judge_first_seconds "$1/$machine"
	done
	finish
}

"$@"
