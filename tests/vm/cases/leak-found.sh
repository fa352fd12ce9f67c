#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The leak of leak.sh is called one, and nothing beside it is.  The test needs
# ten minutes of growth.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

machines() {
	# the first look takes twelve bins of 50 seconds
	echo "leak-long-6.12 --kernel 6.12 --mem 256" \
		"--timeout 900 -- leak.sh 660 10"
}

judge() { # results
	machine=$1/leak-long-6.12
	came_home "$machine"
	# that memory is filling is said of the machine
	jq -r '.events[]? | select(.kind == "GROW" and .who != "(system)")
		| [.begin[11:19], .who, .what] | @tsv' "$machine/json" \
		>"$machine/called"
	jq -r '.time[11:19] as $time | .trends[]? | select(.verdict != "no")
		| [$time, .subject, .verdict, .tau, .rate] | @tsv' \
		"$machine/json" >"$machine/trends"
	{
		printf 'time\tsubject\tverdict\ttau\tbytes/s\n'
		tail -n 1 "$machine/trends"
		cat "$machine/called"
	} | keep_table leak-live
	wrong=
	grep -q leaky "$machine/trends" || wrong='nobody names "leaky"'
	result "$wrong" "a live leak is found"
	wrong=
	grep -q leaky "$machine/called" || wrong='no event'
	result "$wrong" "it is an event"
	result "$(grep -hv leaky "$machine/trends" "$machine/called")" \
		"nothing else is called a leak"
	finish
}

"$@"
