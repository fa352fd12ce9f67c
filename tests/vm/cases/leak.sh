#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The growth of a leak is measured right, and that of a process at rest and of
# a saw-tooth is not taken for one; a recording of it says the same.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

machines() {
	seconds=40
	[ -z "$FULL" ] || seconds=400
	echo "leak-6.12 --kernel 6.12 --mem 256 --timeout $((seconds + 90))" \
		"-- leak.sh $seconds 30"
}

growth() { # results/machine, name, quantile: bytes a second of its samples
	jq -r --arg name "$2" '.processes[] | select(.comm == $name)
		| .growth_rate | numbers' "$1/json" | sort -g |
		awk -v q="$3" '{ v[NR] = $1 } END {
			if (!NR) { print "none"; exit }
			printf "%.0f\n", v[1 + int(q * (NR - 1))] }'
}

judge() { # results
	machine=$1/leak-6.12
	came_home "$machine"
	leaky=$(growth "$machine" leaky 0.5)
	echo "# growth in bytes a second, median: leaky $leaky of 524288," \
		"steady $(growth "$machine" steady 0.5)," \
		"saw $(growth "$machine" saw 0.5)"
	wrong=
	[ "$leaky" != none ] && [ "$leaky" -gt 470000 ] &&
		[ "$leaky" -lt 580000 ] || wrong="$leaky"
	result "$wrong" "a leak of 30 MB a minute is measured to a tenth"
	wrong=
	[ "$(growth "$machine" steady 1)" = 0 ] ||
		wrong=$(growth "$machine" steady 1)
	result "$wrong" "a process at rest does not grow"
	"$MEMTOP" --replay "$machine/recording" --batch --json \
		>"$machine/replayed" 2>"$machine/replay.err"
	wrong=
	[ -s "$machine/replayed" ] ||
		wrong="nothing: $(cat "$machine/replay.err")"
	result "$wrong" "the recording is replayed"
	result "$(for file in json replayed; do
		jq -c '[.time, .memory.total, .memory.available,
			([.processes[] | select(.comm == "leaky" or
				.comm == "steady" or .comm == "saw")
			| [.pid, .rss, .anon]] | sort)]' "$machine/$file" |
			sort >"$machine/$file.figures"
	done
	comm -23 "$machine/replayed.figures" "$machine/json.figures" |
		head -n 3)" "the recording says what was said live"
	live=$(wc -l <"$machine/json")
	kept=$(wc -l <"$machine/replayed")
	wrong=
	[ $((kept + 2)) -ge "$live" ] || wrong="$kept of $live"
	result "$wrong" "the recording has every sample"
	finish
}

"$@"
