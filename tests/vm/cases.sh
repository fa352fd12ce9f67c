# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# What the cases share: the kinds of machines, and a line of TAP.  Judges run on
# the host, on what the machines left.

# shellcheck disable=SC2034 # for the cases
here=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=../tap.sh
. "$here/../tap.sh"

# Every kernel, and one that cannot tell about pressure.
kernels() {
	echo '6.1 --kernel 6.1'
	echo '6.12 --kernel 6.12'
	echo 'nopsi --kernel 6.1 --cmdline psi=0'
}

finish() {
	echo "1..$n"
}

# The machine came to its end, and so did memtop in it, with no complaint.
came_home() { # results/machine
	wrong=
	[ "$(cat "$1/status")" = 0 ] ||
		wrong="status $(cat "$1/status"): $(tail -n 3 "$1/printed")"
	[ ! -e "$1/memtop.status" ] ||
		! grep -qvx -e 0 -e 1 -e 143 "$1/memtop.status" ||
		wrong="$wrong memtop: $(tr '\n' ' ' <"$1/memtop.status")"
	# what the shell says of those it had to end is no complaint
	! grep -qvx -e Terminated -e Killed "$1/printed" ||
		wrong="$wrong $(head -n 3 "$1/printed")"
	[ ! -s "$1/memtop.err" ] || wrong="$wrong $(cat "$1/memtop.err")"
	result "$wrong" "the machine ${1##*/} did what it was told"
}

# Lines of tab-separated cells as a table, to be shown.
table() {
	awk -F '\t' '{ for (i = 1; i <= NF; i++) {
			cell[NR, i] = $i
			if (length($i) > width[i]) width[i] = length($i) }
			if (NF > columns) columns = NF }
		END { for (r = 1; r <= NR; r++) {
			line = ""
			for (i = 1; i <= columns; i++)
				line = line sprintf("%-" width[i] "s  ", \
					cell[r, i])
			sub(/ +$/, "", line)
			print "# " line } }'
}

# The same, and once more at the end of the whole run.
keep_table() { # name
	if [ -n "${TABLES:-}" ]; then
		table | tee "$TABLES/$1"
	else
		table
	fi
}

# What the verdict said in each phase of the scenario, an object a line.
verdicts() { # results/machine, words of a call
	awk -f "$here/log.awk" "$1/log" >"$1/log.json"
	jq -L "$here" -c -n -f "$here/verdicts.jq" --arg words "$2" \
		--slurpfile log "$1/log.json" "$1/json"
}

within() { # number or null, limit
	awk -v x="$1" -v limit="$2" 'BEGIN {
		exit !(x ~ /^[0-9.]+$/ && x <= limit) }'
}

# Of judge_thrash; seconds.
# shellcheck disable=SC2154 # scratch: of the case
thrash_table() { # name of the table
	{
		printf 'machine\tbegins\tcalled\tover\theld\n'
		cat "$scratch/thrash"
	} | keep_table "$1"
}

# Called within 15 seconds of its beginning, over within 90 of its end.  It
# begins when what was pushed out is needed again: until then memory fills.
judge_thrash() { # verdicts, name
	onset=$(jq -r 'select(.name == "onset")
		| if .first and .back then .first - .back else null end
		| if . and . < 0 then 0 else . end' "$1")
	filled=$(jq -r 'select(.name == "onset") | .back' "$1")
	relief=$(jq -r 'select(.name == "relief") | .last // 0' "$1")
	watched=$(jq -r 'select(.name == "relief") | .seconds | floor' "$1")
	printf '%s\t%.1f\t%.1f\t%.1f\t%s\n' "$2" "$filled" "$onset" \
		"$relief" "$(jq -r 'select(.name == "onset")
			| "\(.held * 100 | floor) %"' "$1")" \
		>>"$scratch/thrash" 2>/dev/null
	jq -r 'select(.name == "onset") | "# \(.says)"' "$1"
	wrong=
	within "$onset" 15 || wrong="first called after $onset s"
	result "$wrong" "$2: called within 15 s"
	result "$(jq -r 'select(.name == "onset" and .held < 0.95)
		| "only for \(.held * 100 | floor) % of the time"' "$1")" \
		"$2: called as long as it lasts"
	wrong=
	[ "$watched" -le 90 ] || watched=90
	within "$relief" $((watched - 5)) ||
		wrong="still called $relief s after relief"
	result "$wrong" "$2: over in time"
}

# The last sample between the two looks of picture.sh.
sample_between() { # results/machine
	jq -c --argjson from "$(cat "$1/before/ended")" \
		--argjson to "$(cat "$1/after/began")" \
		'select(.load.uptime / 1e9 > $from and
			.load.uptime / 1e9 < $to)' "$1/json" | tail -n 1
}

# Rows of "name before memtop after slack", tab-separated, of which memtop's
# figure does not lie between the others, or is not there.
astray() { # rows
	awk -F '\t' '{
		low = $2 < $4 ? $2 : $4
		high = $2 < $4 ? $4 : $2
		if ($3 == "max" && $2 == "max" && $4 == "max")
			next
		if ($2 == "" || $4 == "" || $3 !~ /^[0-9]+$/ ||
		    $3 < low - $5 || $3 > high + $5)
			print $1 ": before " $2 ", memtop " $3 ", after " $4
	}' "$1"
}

# What an expression that lists errors finds in that sample.
# shellcheck disable=SC2154 # of the case
sample_wrong() { # expression
	jq -r "$1" "$scratch/sample" 2>&1
}
