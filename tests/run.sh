#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs the tests that are built in BUILD and counts them: the test programs,
# and unless --programs is given the shell tests as well.  Programs run side by
# side, one for each processor, but those that measure this machine have it
# for themselves.  At the end what failed is named again; the last line is
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

cd "$(dirname "$0")/.." || exit 1
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
logs=$build/logs
mkdir -p "$logs" || exit 1
: >"$logs/results"
: >"$logs/failures"

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

# The names of the programs: those whose figures others would move, or the rest.
programs() { # alone | beside
	for program in "$build"/tests/unit/test_* "$build"/tests/screen/test_*; do
		name=${program#"$build"/tests/}
		case $name in
		*.o | *.d | *.gcno | *.gcda | *\*) continue ;;
		*live* | *peers* | */test_churn | */test_memlock | */test_numbers)
			lane=alone ;;
		*) lane=beside ;;
		esac
		[ "$lane" != "$1" ] || echo "$name"
	done
}

scripts() {
	[ -z "$programs_only" ] || return
	for script in tests/check-*.sh tests/batch/*.sh tests/screen/*.sh; do
		echo "${script#tests/}"
	done
}

run() { # processes, command …; names on standard input
	processes=$1
	shift
	grep -F -e "$wanted" | xargs -P "$processes" -I % tests/one.sh "$logs" % "$@"
}

# shellcheck disable=SC2086 # a command and its option
{
	programs beside | run "$(getconf _NPROCESSORS_ONLN || echo 1)" \
		$plain "$build/tests/%"
	programs alone | run 1 $plain "$build/tests/%"
}
scripts | run 1 "tests/%" "$build"

cat "$logs/failures"
awk '{ p += $1; f += $2; s += $3 }
	END { printf "%d passed, %d failed, %d skipped\n", p, f, s
	      exit f > 0 || p == 0 }' "$logs/results"
