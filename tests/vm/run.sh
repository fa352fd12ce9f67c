#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs incidents in virtual machines and judges what memtop said about them.
# A case (cases/NAME.sh) names its machines and the command in each; two of
# them run at a time, and each leaves what it saw in BUILD/vm/MACHINE.  Then the
# cases judge, in TAP.  The last line is "N passed, N failed, N skipped".
#
# usage: tests/vm/run.sh BUILD [CASE]...
#   CASE  these only, also those of the list "pending"
#   FULL=1 in the environment: all seeds, and longer
#   JUDGE=1: judge what the last run left, without any machine
#   VM_JOBS=2  so many machines at once
set -u
cd "$(dirname "$0")/../.." || exit 1
here=$PWD/tests/vm
given=${1:?}
shift
mkdir -p "$given/vm" "$given/logs" || exit 1
build=$(cd "$given" && pwd) || exit 1
results=$build/vm
logs=$build/logs
cache=${MEMTOP_VM_CACHE:-${XDG_CACHE_HOME:-/var/tmp}/memtop-vm}
export FULL="${FULL:-}" MEMTOP="$build/memtop" LC_ALL=C TZ=UTC
export TABLES="$results/tables"

# A machine is "NAME OPTION... -- COMMAND".  Cases may share one.
run_machine() { # the words of its line
	name=$1
	shift
	rm -rf "${results:?}/$name"
	mkdir -p "$results/$name"
	begun=$(date +%s)
	for program in "$build/memtop" "$build"/tests/vm/hog \
		"$build"/tests/vm/klog "$build"/tests/vm/paint \
		"$here"/scenarios/*.sh "$(command -v htop)"; do
		[ ! -x "$program" ] || set -- --add "$program" "$@"
	done
	"$here/boot.sh" --cache "$cache" --out "$results/$name" \
		--console "$results/$name/console" "$@" \
		>"$results/$name/printed" 2>&1
	status=$?
	echo $status >"$results/$name/status"
	echo "  $name: $(($(date +%s) - begun)) s, status $status"
}

no_machines() { # why
	echo "check-vm: skipped: $1"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}

can_link() {
	echo 'int main(void) { return 0; }' |
		"${CC:-cc}" -static -x c -o /dev/null - 2>/dev/null
}

prepare() {
	for tool in qemu-system-x86_64 mke2fs debugfs unshare setpriv jq bash
	do
		command -v $tool >/dev/null || no_machines "there is no $tool"
	done
	[ "$(id -u)" = 0 ] || no_machines "a process namespace needs root"
	unshare --pid --fork true 2>/dev/null ||
		no_machines "no process namespace is allowed here"
	can_link || no_machines "there is no C library to link statically"
	why=$("$here/setup.sh" "$cache") || no_machines "$why"
	make BUILD="$given" vm-programs "$given/tests/unit/test_leak" \
		"$given/tests/unit/test_silence" \
		"$given/tests/unit/test_rules" || exit 1
}

run_machines() { # case …
	for case; do
		"$here/cases/$case.sh" machines || exit 1
	done | sort -u >"$results/machines"
	echo "machines: $(wc -l <"$results/machines")"
	xargs -d '\n' -n 1 -P "${VM_JOBS:-2}" \
		"$here/run.sh" "$build" --machine <"$results/machines"
}

# TAP to three numbers, as tests/run.sh does.
count() { # log, exit status
	awk -v status="$2" '
	/^1\.\.[0-9]+/ { planned += substr($1, 4) }
	/^ok / { if (/# SKIP/) skipped++; else passed++ }
	/^not ok / { failed++ }
	END {
		seen = passed + failed + skipped
		if (seen < planned)
			failed += planned - seen
		else if (!planned || (status != 0 && !failed))
			failed++
		print passed + 0, failed + 0, skipped + 0
	}' "$1"
}

# The remarks of a case are its tables.
judge() { # case
	log=$logs/vm_$1.log
	"$here/cases/$1.sh" judge "$results" >"$log" 2>&1
	counts=$(count "$log" $?)
	echo "$counts" >>"$logs/results"
	sed -n 's/^# /  /p' "$log"
	grep -v -e '^# ' -e '^ok ' -e '^1\.\.' "$log" | sed 's/^/  | /'
	# shellcheck disable=SC2086 # three numbers
	printf '%-36s %s passed, %s failed, %s skipped\n' "vm/$1" $counts
}

# Of the unit tests that belong to the picture: synthetic series, ten minutes of
# each silence, mutated rules.
unit_tables() {
	for name in leak silence rules; do
		test=$build/tests/unit/test_$name
		[ -x "$test" ] || continue
		echo "table: $name, series"
		"$test" 2>&1 | grep -E \
			-e '^[^!]{28,30} +[0-9a-z]+ +[0-9A-Za-z]+$' \
			-e 'mutants, ' | sed 's/^/  /'
	done
}

# The tables of the cases once more, to be quoted.
print_tables() {
	for name in forecast-oom thrash thrash-more silence leak-live refresh
	do
		[ -s "$TABLES/$name" ] || continue
		echo "table: $name"
		sed 's/^# */  /' "$TABLES/$name"
	done
	unit_tables
}

if [ "${1:-}" = --machine ]; then
	# shellcheck disable=SC2086 # the words of a line
	run_machine $2
	exit
fi
# shellcheck disable=SC2046 # names
[ $# -gt 0 ] || set -- $(basename -s .sh "$here"/cases/*.sh |
	grep -vxF -f "$here/pending")
: >"$logs/results"
rm -rf "$TABLES"
mkdir -p "$TABLES"
[ -n "${JUDGE:-}" ] || {
	prepare
	run_machines "$@"
}
for case; do
	judge "$case"
done
print_tables
awk '{ p += $1; f += $2; s += $3 }
	END { printf "%d passed, %d failed, %d skipped\n", p, f, s
	      exit f > 0 || p == 0 }' "$logs/results"
