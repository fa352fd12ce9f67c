#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs one test that speaks TAP, and says on a line what came of it; of a test
# that failed, the beginning and the end of its output too.  A program that
# dies, hangs or stops short of its plan has failed; so has a test that is
# skipped and not on the list tests/skips.
#
# LOGS gets NAME.log, a line "passed failed skipped" in the file results, and
# what failed in the file failures.  Several may run at once.
#
# usage: tests/one.sh LOGS NAME COMMAND …
set -u

logs=$1
name=$2
shift 2

# From TAP to "= passed failed skipped", before it a line of each failure.
# cmocka before 1.1.6 says "not ok N # SKIP name"; other skips are
# "ok N - name # SKIP why".  A program may hold several groups, each with a
# plan of its own.
count() { # log, exit status
	awk -v status="$2" -v program="$name" '
	FNR == NR { if ($0 !~ /^#/ && NF) may_skip[$0] = 1; next }
	/^1\.\.[0-9]+/ { planned += substr($1, 4) }
	/^(not )?ok [0-9]+/ {
		seen++
		name = $0
		sub(/^(not )?ok [0-9]+( -)? */, "", name)
		if (name ~ /# SKIP/) {
			if (name ~ /^# SKIP/)
				sub(/^# SKIP */, "", name)
			else
				sub(/ *# SKIP.*/, "", name)
			if ((program ": " name) in may_skip) {
				skipped++
			} else {
				failed++
				print "may not be skipped: " name
			}
		} else if (/^not/) {
			failed++
			print "failed: " name
		} else {
			passed++
		}
	}
	END {
		if (seen < planned) {
			failed += planned - seen
			print "stopped after " seen + 0 " of " planned
		} else if (status != 0 && !failed) {
			failed++
			print "exit status " status
		} else if (!seen) {
			failed++
			print "ran no test"
		}
		print "=", passed + 0, failed + 0, skipped + 0
	}' "$(dirname "$0")/skips" "$1"
}

log=$logs/$(echo "$name" | tr / _).log
timeout "${TEST_SECONDS:-300}" "$@" >"$log" 2>&1 </dev/null
verdict=$(count "$log" $?)
counts=$(echo "$verdict" | sed -n 's/^= //p')
echo "$counts" >>"$logs/results"

# in one piece, whoever else is writing
{
	# shellcheck disable=SC2086 # three numbers
	set -- $counts
	printf '%-36s %4s passed' "$name" "$1"
	[ "$2" = 0 ] || printf ', %s FAILED' "$2"
	[ "$3" = 0 ] || printf ', %s skipped' "$3"
	printf '\n'
	[ "$2" = 0 ] || {
		echo "$verdict" | sed -n "/^= /!s|^|$name: |p" |
			tee -a "$logs/failures" | sed 's/^/  /'
		grep -v '^ok ' "$log" >"$log.rest"
		sed -n '1,40p' "$log.rest" | sed 's/^/  | /'
		sed '1,40d' "$log.rest" | tail -n 40 | sed 's/^/  | /'
		rm -f "$log.rest"
	}
} >"$log.said"
cat "$log.said"
rm -f "$log.said"
