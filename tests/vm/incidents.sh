#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Records the incidents of tests/incident anew, with the memtop of this tree:
# each in a virtual machine, about two minutes.  The expected screens have to be
# written again afterwards, and be read.
#
# usage: tests/vm/incidents.sh BUILD [KIND]...
#   KIND  these only: thrash crashloop oom zram
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:?}
shift
to=tests/incident

options() { # kind
	case $1 in
	thrash) echo --mem 160 --swap 192 --swap-iops 600 --kernel 6.1 ;;
	crashloop) echo --mem 256 --kernel 6.12 ;;
	oom) echo --mem 160 --kernel 6.1 ;;
	zram) echo --mem 160 --swap 160 --swap-on zram --kernel 6.12 ;;
	esac
}

keep() { # kind
	from=$build/vm/incident-$1
	[ -s "$from/recording" ] || {
		echo "$1: no recording: $(cat "$from/printed")"
		return 1
	}
	rm -rf "${to:?}/$1"
	mkdir -p "$to/$1"
	cp "$from"/live-*.txt "$from/times" "$to/$1/"
	sqlite3 "$from/recording" 'PRAGMA journal_mode = DELETE; VACUUM' \
		>/dev/null
	gzip -9nc "$from/recording" >"$to/$1/recording.gz"
	echo "$1: $(($(wc -c <"$to/$1/recording.gz") / 1024)) KiB"
}

command -v tmux >/dev/null || {
	echo "incidents: there is no tmux"
	exit 1
}
[ $# -gt 0 ] || set -- thrash crashloop oom zram
make BUILD="$build" vm-programs || exit 1
failed=0
for kind; do
	tests/vm/run.sh "$build" --machine "incident-$kind $(options "$kind") \
--timeout 400 --add $(command -v tmux) -- incident.sh $kind" &&
		keep "$kind" || failed=1
done
exit $failed
