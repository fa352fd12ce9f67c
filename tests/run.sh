#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs the tests that are built in BUILD and counts them: the test programs,
# and unless --programs is given the shell tests as well.  Both speak TAP.  A
# program that dies, hangs or stops short of its plan has failed; so has a
# test that is skipped and not on the list tests/skips.  The last line is
# "N passed, N failed, N skipped".
#
# usage: tests/run.sh [--programs] BUILD [PART-OF-A-NAME]
set -u

programs_only=
if [ "${1:-}" = --programs ]; then
	programs_only=yes
	shift
fi
build=${1:-build}
wanted=${2:-}
limit=${TEST_SECONDS:-300}

cd "$(dirname "$0")/.." || exit 1
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
logs=$build/logs
mkdir -p "$logs" || exit 1
: >"$logs/results"

export CMOCKA_MESSAGE_OUTPUT=TAP TZ=UTC
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_stack_use_after_return=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
export TSAN_OPTIONS="${TSAN_OPTIONS:-halt_on_error=1}"
unset NO_COLOR MEMTOP_CONFIG

# TSan before LLVM 18 and GCC 14 can't place its shadow when addresses are
# randomised by more bits than it knew.
plain=
if setarch -R true 2>/dev/null; then
	plain='setarch -R'
fi

# From TAP to one line: passed, failed, skipped, the rest.  cmocka before
# 1.1.6 says "not ok N # SKIP name"; other skips are "ok N - name # SKIP why".
# A program may hold several groups, each with a plan of its own.
count() { # log, exit status, name
	awk -v status="$2" -v program="$3" '
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
			name = program ": " name
			if (name in may_skip) {
				skipped++
			} else {
				failed++
				print "  may not be skipped: " name
			}
		} else if (/^not/) {
			failed++
			print "  failed: " name
		} else {
			passed++
		}
	}
	END {
		if (seen < planned) {
			failed += planned - seen
			print "  stopped after " seen + 0 " of " planned
		} else if (status != 0 && !failed) {
			failed++
			print "  exit status " status
		} else if (!seen) {
			failed++
			print "  ran no test"
		}
		print "=", passed + 0, failed + 0, skipped + 0
	}' tests/skips "$1"
}

run() { # name, command …
	name=$1
	shift
	case $name in
	*"$wanted"*) ;;
	*) return ;;
	esac
	log=$logs/$(echo "$name" | tr / _).log
	timeout "$limit" "$@" >"$log" 2>&1 </dev/null
	verdict=$(count "$log" $? "$name")
	echo "$verdict" | sed -n 's/^= //p' >>"$logs/results"
	counts=$(echo "$verdict" | sed -n 's/^= //p')
	# shellcheck disable=SC2086 # three numbers
	set -- $counts
	printf '%-36s %4s passed' "$name" "$1"
	[ "$2" = 0 ] || printf ', %s FAILED' "$2"
	[ "$3" = 0 ] || printf ', %s skipped' "$3"
	printf '\n'
	[ "$2" = 0 ] || {
		echo "$verdict" | sed '/^= /d'
		grep -v '^ok ' "$log" | tail -n 60 | sed 's/^/  | /'
	}
}

for program in "$build"/tests/unit/test_* "$build"/tests/screen/test_*; do
	case $program in
	*.o | *.d | *.gcno | *.gcda | *\*) continue ;;
	esac
	# shellcheck disable=SC2086 # a command and its option
	run "${program#"$build"/tests/}" $plain "$program"
done
if [ -z "$programs_only" ]; then
	for script in tests/check-*.sh tests/batch/*.sh tests/screen/*.sh; do
		[ -f "$script" ] || continue
		run "${script#tests/}" "$script" "$build"
	done
fi

awk '{ p += $1; f += $2; s += $3 }
	END { printf "%d passed, %d failed, %d skipped\n", p, f, s
	      exit f > 0 || p == 0 }' "$logs/results"
