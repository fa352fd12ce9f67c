#!/bin/sh
# SPDX-License-Identifier: MIT
#
# After a kill the verdict is critical for minutes.  What is born then must be
# known all the same: in which cgroup it is, above all, for the next kill.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

machines() {
	echo "oom-again-6.12 --kernel 6.12 --mem 256 --timeout 120" \
		"-- oom.sh box:1 box:2"
}

judge() { # results
	machine=$1/oom-again-6.12
	came_home "$machine"
	awk -f "$here/log.awk" "$machine/log" >"$machine/log.json"
	result "$(jq -L "$here" -c -n -f "$here/oom.jq" --arg by figures \
		--slurpfile log "$machine/log.json" "$machine/json" |
		jq -r 'select(.placed | not)
			| "\(.episode): \(.victim) was not among those of \(
			.cgroup)"')" "every victim was known in its cgroup"
	finish
}

"$@"
