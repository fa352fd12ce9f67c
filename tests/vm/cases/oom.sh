#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Whom the kernel kills, against the last forecast before it.  Forecasts are
# the kernel's arithmetic on memtop's figures of the processes (FORECAST=score:
# the order of oom_score; =oom: what memtop says itself).
#
# A kill says nothing about a forecast that was old, or whose first two
# candidates were nearer to each other than they moved until the kill, or whose
# victim was not born then (a newcomer); such kills are listed apart.  So are
# those whose victim was there, but in no cgroup that memtop knew (unplaced);
# a forecast of memtop's own has no such excuse.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"
by=${FORECAST:-figures}

episodes() { # kind, from, to
	for seed in $(seq "$2" "$3"); do
		printf ' %s:%s /' "$1" "$seed"
	done
}

machines() {
	few=3 some=5
	[ -z "$FULL" ] || few=5 some=8
	kernels | while read -r name options; do
		printf '%s %s --timeout 400 -- oom.sh%s\n' \
			"oom-global-$name" "--mem 192 $options" \
			"$(episodes global 1 $few)$(episodes sleepers 1 2)"
		printf '%s %s --timeout 600 -- oom.sh%s%s%s%s%s\n' \
			"oom-box-$name" "--mem 256 $options" \
			"$(episodes box 1 $some)" \
			"$(episodes nested 1 $few)" \
			"$(episodes group 1 $few)" \
			"$(episodes ties 1 1)" "$(episodes bomb 1 2)"
		printf '%s %s --timeout 400 -- oom.sh%s%s\n' \
			"oom-swap-$name" "--mem 224 --swap 48 $options" \
			"$(episodes global 11 $((10 + few)))" \
			"$(episodes swapbox 11 $((10 + few)))"
	done
}

rows() { # results, how
	kernels | while read -r name _; do
		for kind in global box swap; do
			machine=$1/oom-$kind-$name
			awk -f "$here/log.awk" "$machine/log" \
				>"$machine/log.json"
			jq -L "$here" -c -n -f "$here/oom.jq" --arg by "$2" \
				--slurpfile log "$machine/log.json" \
				"$machine/json" |
				jq -c --arg m "$kind-$name" '. + { machine: $m }'
		done
	done
}

# How many, of what, and what came of them; a line for each value of that.
print_counts() { # rows, expression, its name
	jq -r -s '["'"$3"'", "kills", "decisive", "right", "wrong",
		"by oom_score", "apart: right", "wrong"],
		(map(. + { by: ('"$2"') }) | group_by(.by)[]
		| map(select(.class == "decisive")) as $decisive
		| map(select(.class != "decisive")) as $apart
		| [.[0].by, (map(select(.victim)) | length),
		($decisive | length),
		($decisive | map(select(.right)) | length),
		($decisive | map(select(.right | not)) | length),
		($decisive | map(select(.by_score)) | length),
		($apart | map(select(.right)) | length),
		($apart | map(select(.right | not)) | length)]) | @tsv' "$1"
}

# Why a forecast that named somebody else says nothing about forecasts.
print_misses() { # rows
	jq -r 'select(.right | not) | "# \(.machine) \(.episode): forecast " +
		"\(.forecast), victim \(.victim): " +
		{ old: "the last sample was \(.age) ms old",
		  newcomer: "born within \(.age) ms",
		  close: ("the first two were \(.gap) pages apart and " +
			"moved \(.moved)"),
		  unplaced: "no row of the cgroup was near its limit",
		  elsewhere: "another cgroup ran out",
		  "no kill": "nobody was killed" }[.class] // "# ! a miss"' "$1"
}

print_tables() { # rows
	jq -r -s '["machine", "episode", "age ms", "forecast", "victim",
		"apart", "moved", "class", "right"],
		(sort_by(.class == "decisive") | .[] | [.machine, .episode,
		.age, .forecast, .victim, .gap, .moved, .class, .right])
		| @tsv' "$1" | table
	echo "# "
	{
		print_counts "$1" '.machine | sub(".*-"; "")' kernel | table
		echo "# "
		print_counts "$1" '.episode | sub(":.*"; "")' episode | table
		echo "# misses:"
		print_misses "$1"
	} | tee "${TABLES:-$scratch}/forecast-$by"
	echo "# "
}

# Every row that fits the expression is wrong.
none() { # rows, expression, name
	result "$(jq -r "select($2) | \"\(.machine) \(.episode): forecast \" +
		\"\(.forecast), victim \(.victim), age \(.age) ms, \" +
		\"\(.class), at rest \(.rest) pages off\"" "$1")" "$3"
}

judge() { # results
	scratch=$(mktemp -d) || exit 1
	trap 'rm -rf "$scratch"' EXIT
	rows "$1" "$by" >"$scratch/forecast"
	rows "$1" score >"$scratch/score"
	jq -c --slurpfile score "$scratch/score" '. as $row | . + { by_score:
		any($score[]; .machine == $row.machine and
			.episode == $row.episode and .right) }' \
		"$scratch/forecast" >"$scratch/rows"
	print_tables "$scratch/rows"
	for machine in $(machines | cut -d ' ' -f 1); do
		came_home "$1/$machine"
	done
	none "$scratch/rows" '.class == "no kill" or .class == "elsewhere"' \
		'every episode ended in the kill it was made for'
	none "$scratch/rows" '.class == "decisive" and (.right | not)' \
		'every decisive forecast named the victim'
	[ "$by" != oom ] || none "$scratch/rows" '.class == "unplaced"' \
		"memtop knew where every victim belongs"
	none "$scratch/rows" '.victim and (.order | not)' \
		"the kernel's own table explains every victim"
	none "$scratch/rows" '.rest > 300' \
		"the figures of those at rest are the kernel's own"
	kills=$(jq -s 'map(select(.victim)) | length' "$scratch/rows")
	decisive=$(jq -s 'map(select(.class == "decisive")) | length' \
		"$scratch/rows")
	least=60
	wrong=
	[ "$decisive" -ge $least ] || wrong="$decisive of $kills"
	result "$wrong" "at least $least decisive forecasts"
	old=$(jq -s 'map(select(.age > 1000)) | length' "$scratch/rows")
	wrong=
	[ $((old * 10)) -le "$kills" ] || wrong="$old of $kills are older"
	result "$wrong" "nine of ten forecasts are at most a second old"
	finish
}

"$@"
