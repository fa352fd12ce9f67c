#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Machines that lack something: no cgroups, the first version of them, no
# accounting of memory in them, no pressure.  memtop works on all of them, and
# what is not there is null or said in words, never 0.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

machines() {
	for machine in 'nocgroup --cgroup none' 'v1 --cgroup v1' \
		'nomemcg --cmdline cgroup_disable=memory' \
		'nopsi --cmdline psi=0' 'nopsi12 --kernel 6.12 --cmdline psi=0'
	do
		echo "missing-$machine --mem 128 --timeout 200 -- missing.sh"
	done
}

# The sample fits the expression.
says() { # machine, expression, name
	wrong=
	jq -e "$2" "$results/missing-$1/json" >/dev/null 2>&1 ||
		wrong="$(jq -c '{ verdict, pressure, boxed: [.processes[]
			| select(.command != null)
			| select(.command | test("^hog"))
			| { comm, cgroup, rss }] }' "$results/missing-$1/json")"
	result "$wrong" "$1: $3"
}

sounds() { # machine, words, name
	wrong=
	grep -q -E -e "$2" "$results/missing-$1/text" ||
		wrong=$(head -n 5 "$results/missing-$1/text")
	result "$wrong" "$1: $3"
}

judge() { # results
	results=$1
	for name in nocgroup v1 nomemcg nopsi nopsi12; do
		machine=$results/missing-$name
		came_home "$machine"
		wrong=
		[ "$(tr '\n' ' ' <"$machine/memtop.status")" = '0 0 0 0 ' ] ||
			wrong=$(cat "$machine/memtop.status")
		result "$wrong" "$name: every way of asking works"
		wrong=
		[ "$("$MEMTOP" --replay "$machine/recording" --batch --json \
			2>&1 | jq -s 'map(select(.memory.total > 0)) | length' \
			2>&1)" = 3 ] || wrong="no three samples"
		result "$wrong" "$name: the recording is whole"
		says $name '[.processes[] | select(.pss != null and .pss > 0)]
			| length > 3' 'processes are measured'
	done
	for name in nopsi nopsi12; do
		says $name '.pressure == null or ([.pressure | .. | numbers]
			| length) == 0' 'no pressure is not a pressure of 0'
		says $name '.verdict.text | test("no stall data")' \
			'the verdict says what it cannot see'
		sounds $name '^PSI +off' 'the text says so'
	done
	says nocgroup '[.processes[] | select(.command | test("^hog"))
		| .cgroup][0] | . == null or . == "/"' 'no cgroup is made up'
	says v1 '[.processes[] | select(.command | test("^hog")) | .cgroup][0]
		== "/box"' 'the cgroup of the first version is found'
	says nomemcg '.memory.available > 0 and .verdict.severity == "OK"' \
		'the machine is judged all the same'
	finish
}

"$@"
