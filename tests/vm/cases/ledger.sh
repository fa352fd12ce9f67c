#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The parts of the ledger sum to all memory, and none is negative, in every
# sample: at rest, while the machine thrashes, and while it is written full.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

machines() {
	"$here/cases/figures.sh" machines
	"$here/cases/thrash.sh" machines
	"$here/cases/silence.sh" machines
}

judge() { # results
	for machine in $(machines | cut -d ' ' -f 1); do
		wrong=$(jq -r '([.ledger[].bytes] | add) as $sum
			| select($sum != .memory.total)
			| "\(.time): \($sum) is not \(.memory.total)"' \
			"$1/$machine/json" 2>&1)
		result "$wrong" "$machine: the ledger sums to all memory"
		wrong=$(jq -r '.time as $time | .ledger[]
			| select(.bytes < 0 or .name == null
				or (has("freeable") | not))
			| "\($time): \(.)"' "$1/$machine/json" 2>&1)
		result "$wrong" "$machine: no part of it is negative"
		# counters are not read at one instant
		wrong=$(jq -r 'select(.ledger_excess == null
				or .ledger_excess > .memory.total * 0.02)
			| "\(.time): \(.ledger_excess)"' \
			"$1/$machine/json" 2>&1)
		result "$wrong" "$machine: at most 2 % is counted twice"
	done
	finish
}

"$@"
