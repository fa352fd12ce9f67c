#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Each kill of oom.sh is an event, in time, with the victim's name; also where
# memtop cannot read the kernel's log.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

machines() {
	"$here/cases/oom.sh" machines
	echo "oom-nolog-6.12 --kernel 6.12 --mem 224 --timeout 150" \
		"-- oom.sh nolog global:1 / box:1 / group:1 /"
}

# Kills of the log that no event tells within two seconds, and events of kills
# that the log does not know.
# shellcheck disable=SC2016 # variables of jq
differences='
	include "time";
	[inputs | .events // [] | .[]
		| select(.kind | test("oom"; "i"))
		| { pid, comm, t: (.begin | seconds) }] | unique as $told
	| [$log[] | select(.kill) | { pid: .kill.pid, name: .kill.name,
		time }] as $kills
	| [$log[] | .also // .kill.pid // empty] as $died
	| ($kills[] | . as $kill
		| select(any($told[]; .pid == $kill.pid
			and .comm == $kill.name
			and (.t - $kill.time | fabs) < 2) | not)
		| "killed but not told: \(.pid) \(.name)"),
	  ($told[] | select(.pid as $pid | $pid and ($died | index($pid) | not))
		| "told but not killed: \(.pid) \(.comm)")'

judge() { # results
	for machine in $(machines | cut -d ' ' -f 1); do
		awk -f "$here/log.awk" "$1/$machine/log" \
			>"$1/$machine/log.json"
		wrong=$(jq -L "$here" -r -n --slurpfile log "$1/$machine/log.json" \
			"$differences" "$1/$machine/json" 2>&1 | head -n 5)
		result "$wrong" "$machine: every kill is an event"
	done
	finish
}

"$@"
