#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The leak of leak.sh is called one, and nothing beside it is.  The test needs
# ten minutes of growth, so it is part of the full set only.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

machines() {
	[ -z "$FULL" ] || "$here/cases/leak.sh" machines
}

judge() { # results
	if [ -z "$FULL" ]; then
		skip 'a live leak is found' 'needs FULL=1'
		finish
		return
	fi
	jq -r '[.verdict] + (.events // []) | .[]
		| select((.rule // .kind // "") | test("leak|growth"; "i"))
		| "\(.text // .what) \(.comm // "") \(.subjects // ""
			| tostring)"' \
		"$1/leak-6.12/json" | sort -u >"$1/leak-6.12/called"
	wrong=
	grep -q leaky "$1/leak-6.12/called" || wrong='nobody names "leaky"'
	result "$wrong" "a live leak is found"
	result "$(grep -v leaky "$1/leak-6.12/called")" \
		"nothing else is called a leak"
	finish
}

"$@"
