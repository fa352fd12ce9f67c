#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The program as a script calls it: exit statuses, where output that cannot be
# written goes, and a machine that shows less than it should.  What the output
# says is the business of the unit tests.  Cases that need a mount of their
# own are skipped where none is allowed.
#
# usage: tests/batch/command.sh [BUILD]
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:-build}
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
program=$build/memtop

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
HOME=$scratch
export HOME
unset XDG_CONFIG_HOME

# shellcheck source=tests/tap.sh
. tests/tap.sh

details() {
	cat "$scratch/err"
}

# What the command does with the program as $1, in a shell of its own.
expect() { # status, pattern of standard error, name, command
	timeout 30 sh -c "$4" sh "$program" >"$scratch/out" 2>"$scratch/err"
	status=$?
	said=$(tr '\n' ' ' <"$scratch/err")
	if [ $status != "$1" ]; then
		result "exit status $status, not $1" "$3"
	elif ! echo "$said" | grep -Eq "^$2\$"; then
		result "standard error is not '$2'" "$3"
	else
		result "" "$3"
	fi
}

# Root without the rights of root, as far as files go.
as_nobody='setpriv --reuid 65534 --regid 65534 --clear-groups'
can_mount() {
	[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null
}

full='memtop: .*: No space left on device '

# What monitoring sees: 0 fine, 1 and 2 trouble, 3 nobody knows.
gzip -dc tests/incident/zram/recording.gz >"$scratch/incident.memtop"
gzip -dc tests/incident/crashloop/recording.gz >"$scratch/killed.memtop"
export scratch
# shellcheck disable=SC2016 # $1 and $scratch are the inner shell's
{
	expect 1 '' '--check of a recording that ends in a warning' '
		"$1" --check -r "$scratch/incident.memtop"'
	expect 0 '' '--check of a moment before the trouble' '
		TZ=UTC "$1" --check -r "$scratch/incident.memtop" --at 20:00:20 |
		grep -q "^MEMORY OK - "'
	expect 2 '' '--check of a recording that ends with a kill' '
		"$1" --check -r "$scratch/killed.memtop"'
	expect 0 '' '--check says one line with figures behind a bar' '
		"$1" --check -r "$scratch/incident.memtop" |
		grep -Eq "^MEMORY WARNING - [^|]* [|] available=[0-9]+B .*some=.*full="'
	expect 3 '' '--check of no recording is unknown' '
		"$1" --check -r "$scratch/nothing" >"$scratch/check"
		status=$?
		grep -q "^MEMORY UNKNOWN - .*No such file" "$scratch/check" &&
			exit $status'
	expect 3 '' '--check with a wrong option is unknown' '
		"$1" --check --nonsense >"$scratch/check"
		status=$?
		grep -q "^MEMORY UNKNOWN - .*--nonsense" "$scratch/check" &&
			exit $status'
	expect 3 'memtop: .*Bad file.*' '--check says so where nobody listens' '
		"$1" --check -r "$scratch/incident.memtop" >&-'
	expect 0 '' '--explain knows the rules and their limits' '
		"$1" --explain r07 | grep -q "Limits    WARN swap_in >= 64/s"'
}

# shellcheck disable=SC2016 # $1 is the inner shell's
{
	expect 1 "$full" 'a full disk: sample' '"$1" --once >/dev/full'
	expect 1 "$full" 'a full disk: usage' '"$1" --help >/dev/full'
	expect 1 "$full" 'a full disk: version' '"$1" --version >/dev/full'
	expect 1 "$full" 'a full disk: glossary' '"$1" --explain >/dev/full'
	expect 1 "$full" 'a full disk: completion' \
		'"$1" --completion zsh >/dev/full'

	for arguments in --help --explain '--completion zsh' '-b -d 0.1' --json; do
		# the status is that of the program, not of the pipe
		expect 0 '' "a reader that goes: $arguments" \
			"{ sleep 0.2; \"\$1\" $arguments
				echo \$? >$scratch/status; } | true
			exit \$(cat $scratch/status)"
	done

	bad='memtop: .*: Bad file descriptor '
	expect 1 "$bad" 'no standard output: sample' '"$1" --once >&-'
	expect 1 "$bad" 'no standard output: usage' '"$1" --help >&-'
	expect 0 '' 'no standard error' '"$1" --once --top 1 2>&-'
	expect 0 '' 'no standard input' '"$1" --once --top 1 <&-'

	for pane in cgroups kernel events ram; do
		expect 0 '' "the pane $pane" \
			"\"\$1\" --once --pane $pane >$scratch/text &&
			\"\$1\" --csv --pane $pane >$scratch/csv &&
			[ \$(wc -l <$scratch/csv) -gt 0 ]"
	done

	expect 2 'memtop: --sort: unknown field .\?\[31mx. .*pss_bound\) .*' \
		'an argument that is an escape sequence, and every field' \
		'"$1" --sort "$(printf "\033[31mx")"'
	printf 'a\033[31mb = 1\n' >"$scratch/odd"
	expect 0 'memtop: .*/odd:1: unknown setting .a\?\[31mb. ' \
		'a settings file that is an escape sequence' \
		"\"\$1\" --once --top 1 --config $scratch/odd"
	expect 1 'memtop: /nonexistent: No such file or directory ' \
		'settings that were asked for' '"$1" --once --config /nonexistent'
	expect 1 '' 'interrupted' '"$1" --json -d 20 & sleep 1; kill $!; wait $!'

	if can_mount; then
		expect 3 '' '--check without /proc/meminfo is unknown' \
			"unshare -m sh -c 'mount --bind /dev/null /proc/meminfo &&
				\"\$1\" --check' sh \"\$1\""
		# a directory nobody may enter, as sudo without -H leaves it
		mkdir -m 700 "$scratch/.config"
		chmod 755 "$scratch"
		expect 0 'memtop: .*/memtop/config: Permission denied ' \
			'the home of somebody else' \
			"$as_nobody \"\$1\" --once --top 1"
		rmdir "$scratch/.config"
		expect 1 'memtop: cannot start: no thread could be started: .*' \
			'no more processes are allowed' \
			"$as_nobody prlimit --nproc=1 \"\$1\" --once"
		expect 0 '' 'nothing to enter with hidepid=1' \
			"unshare -m sh -c 'mount -t proc -o hidepid=1 proc /proc
			$as_nobody \"\$0\" --json' \"\$1\" >$scratch/json
			grep -q '\"pid\":1,\"ppid\":null,\"start_time\":null' \
				$scratch/json"
		expect 1 'memtop: cannot read /proc: it is not mounted ' \
			'no /proc' \
			"unshare -m sh -c 'mount -t tmpfs none /proc
			\"\$0\" --once' \"\$1\""
	else
		for name in 'the home of somebody else' \
			'nothing to enter with hidepid=1' 'no /proc'; do
			skip "$name" 'mounts need root'
		done
	fi
}

echo "1..$n"
