#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The program in a real terminal (tmux, on a server of its own): it starts,
# takes every key the manual names in every pane and page, follows the size,
# and leaves the terminal as it found it on every way out.  Waits for what
# must appear, never for time to pass.  The look of the screens is the
# business of the screen tests, which need no terminal.
#
# usage: tests/screen/terminal.sh [BUILD]
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:-build}
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
program=$build/memtop

scratch=$(mktemp -d) || exit 1
socket=memtop-$$
trap 'tmux -L "$socket" kill-server 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# shellcheck source=tests/tap.sh
. tests/tap.sh

details() {
	screen | sed '/^ *$/d'
}

screen() {
	tmux -L "$socket" capture-pane -p -t :0
}

keys() {
	tmux -L "$socket" send-keys -t :0 "$@"
}

soon() { # command …: is it true within ten seconds?
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ "$tries" -lt 200 ] || return 1
		sleep 0.05
	done
}

shows() { # pattern
	screen | grep -Eq "$1"
}

gone() { # pid
	! kill -s 0 "$1" 2>/dev/null
}

ended() {
	[ -e "$scratch/status" ]
}

send() { # signal
	[ -s "$scratch/pid" ] && kill -s "$1" "$(cat "$scratch/pid")" 2>/dev/null
}

alive() {
	! ended && send 0
}

status_is() { # a test's operator and number
	test "$(cat "$scratch/status" 2>/dev/null || echo -1)" "$1" "$2"
}

# Starts the program from the shell in the terminal.  What that shell reads
# is a file, so that the job is its own: ^Z must come back to it.  What a
# broken case left behind is not for the next one to stumble on: modes are
# made sane once they are written down (without the size, which may change),
# the rest before the next start.
start() { # environment and options …
	rm -f "$scratch/status" "$scratch/pid"
	cat >"$scratch/go" <<EOF
printf '\033[?1049l\033[?25h\033[?1l\033>\033[?1000l\033[m\033[2J\033[H'
stty -a | sed 1d >"$scratch/before"
sh -c 'echo \$\$ >"$scratch/pid"; exec env $1 "$program" ${2:-}'
echo \$? >"$scratch/code"
stty -a | sed 1d >"$scratch/after"
stty sane
mv "$scratch/code" "$scratch/status"
EOF
	keys C-u
	keys -l ". $scratch/go"
	keys Enter
}

running() { # as start; and the first screen is there
	start "$@"
	soon shows "$first_screen" || echo "no screen came"
}

# Ends what is still there, so that the next case starts clean.
finish() {
	ended || send KILL
	soon ended || echo "the shell did not come back"
}

# Modes, cursor, screen and keypad as they were before?
terminal_is_back() {
	soon ended || { echo "still running"; finish; return; }
	cmp -s "$scratch/before" "$scratch/after" || {
		echo "terminal modes differ:"
		diff "$scratch/before" "$scratch/after"
	}
	flags=$(tmux -L "$socket" display -p -t :0 \
		'#{cursor_flag} #{alternate_on} #{keypad_cursor_flag} #{mouse_any_flag}')
	[ "$flags" = "1 0 0 0" ] ||
		echo "cursor, alternate screen, keypad, mouse: $flags"
}

resize() { # columns rows
	tmux -L "$socket" resize-window -t :0 -x "$1" -y "$2"
}

# The keys of the manual in tmux's words, without those that leave.
manual_keys() {
	sed -n 's/^\.It Ic //p' man/memtop.1 | tr ' ' '\n' | sed '
		/^,$/d; s/\\&//; s/\\e/\\/; s/\\-/-/
		/^\\(ha/{ s//C-/; y/BDFLUZ/bdfluz/; }
		s/^Esc$/Escape/; s/^Backspace$/BSpace/; s/^S-Tab$/BTab/
		s/^PgUp$/PageUp/; s/^PgDn$/PageDown/; s/^Ins$/IC/' |
		grep -vxE 'q|Q|F10|C-C|C-z' | sort -u
}

# Closes whatever a key opened.  ^L after Esc keeps the next key from being
# read as the rest of an escape sequence.
close_all() {
	keys Escape C-l Escape C-l Escape C-l
}

first_screen='1 Over'
command -v tmux >/dev/null 2>&1 || {
	echo "1..0 # SKIP tmux is not here"
	exit 0
}
tmux -L "$socket" -f /dev/null new-session -d -x 80 -y 24 \
	"exec env -i PATH='$PATH' HOME='$scratch' XDG_CONFIG_HOME='$scratch' \
	LC_ALL=C.UTF-8 TZ=UTC TERM=screen PS1='prompt> ' sh -i" || exit 1
tmux -L "$socket" set-option -s escape-time 0
soon shows 'prompt>' || exit 1
keys -l 'ulimit -c 0'
keys Enter

echo 1..32

wrong=$(running A=)
result "$wrong" "the first screen comes at 80x24"
[ -z "$wrong" ] || { echo "Bail out!"; exit 1; }

wrong=
for pane in 1 2 3 4 5; do
	for key in $(manual_keys); do
		[ -z "$wrong" ] || break 2
		keys "$pane" C-l
		keys -- "$key"
		close_all
		alive || wrong="pane $pane: gone at or before the key $key"
	done
done
keys 2 C-l
soon shows '\[2 Proc' || wrong="$wrong; pane 2 does not come"
result "$wrong" "every key in every pane"

alive || running A= >/dev/null
wrong=
for page in 1 2 3 4 5; do
	for key in $(manual_keys); do
		[ -z "$wrong" ] || break 2
		keys 2 g Enter "$page" C-l
		keys -- "$key"
		close_all
		alive || wrong="page $page: gone at or before the key $key"
	done
done
keys 1 C-l
soon shows '\[1 Over' || wrong="$wrong; pane 1 does not come"
result "$wrong" "every key in every page of the details"

alive || running A= >/dev/null
wrong=
for size in 120x36 200x60 40x10 30x10 20x4 10x2 1x1 300x100 80x24; do
	resize "${size%x*}" "${size#*x}"
	# curses may leave the last cell of a screen blank, here the only one
	[ "$size" = 1x1 ] || soon shows '[^[:space:]]' ||
		wrong="$wrong nothing at $size;"
	alive || wrong="$wrong gone at $size;"
done
soon shows '(live|LATE|PAUSED) .*[0-9]' || wrong="$wrong not back at 80x24"
result "$wrong" "resized while it runs"
finish >/dev/null
for size in 20x4 200x60; do
	resize "${size%x*}" "${size#*x}"
	first_screen='[A-Z]'
	wrong=$(running A=)
	keys q
	result "$wrong$(terminal_is_back)" "started and left at $size"
done
first_screen='1 Over'
resize 80 24

for key in q Q F10 C-c; do
	wrong=$(running A=)
	keys "$key"
	wrong=$wrong$(terminal_is_back)
	status_is -eq 0 || wrong="$wrong; exit status not 0"
	result "$wrong" "$key leaves the terminal as it was"
done

for signal in TERM INT HUP; do
	wrong=$(running A=)
	send "$signal"
	result "$wrong$(terminal_is_back)" "SIG$signal leaves it as it was"
done
for signal in SEGV ABRT BUS FPE; do
	wrong=$(running A=)
	send "$signal"
	wrong=$wrong$(terminal_is_back)
	status_is -gt 128 || wrong="$wrong; the status hides the signal"
	result "$wrong" "SIG$signal leaves it as it was"
done

wrong=$(running A=)
keys '?'
soon shows 'Esc close' || wrong="$wrong no popup;"
send SEGV
result "$wrong$(terminal_is_back)" "SIGSEGV with a popup open"

# whichever of its two forms a terminal sends
wrong=$(running A=)
for form in '[' O; do
	for letter in A B C D H F; do
		keys -l "$(printf '\033%s%s' "$form" $letter)"
	done
done
keys 2 # what was typed before has been read when this is shown
soon shows '\[2 Proc' || wrong="$wrong pane 2 does not come;"
! shows PAUSED || wrong="$wrong a cursor key was taken for others;"
keys q
result "$wrong$(terminal_is_back)" "both forms of the cursor keys"

wrong=$(running A=)
keys C-z
soon ended || wrong="$wrong the shell did not come back;"
wrong=$wrong$(terminal_is_back)
rm -f "$scratch/status"
keys -l 'fg'
keys Enter
soon shows "$first_screen" || wrong="$wrong; no screen after fg"
result "$wrong" "suspended and back"
keys q
soon shows 'prompt>' || finish >/dev/null

for term in foo xterm-256color vt100 linux; do
	wrong=$(running "TERM=$term")
	keys q
	result "$wrong$(terminal_is_back)" "TERM=$term"
done
for environment in TERM=dumb '-u TERM'; do
	start "$environment" '--top 5'
	wrong=$(terminal_is_back)
	shows 'PID|COMMAND' || wrong="$wrong no sample printed"
	status_is -eq 0 || wrong="$wrong; status not 0"
	result "$wrong" "$environment prints one sample"
done

wrong=$(running A= '</dev/null')
keys 2
soon shows '\[2 Proc' || wrong="$wrong no key is taken"
keys q
result "$wrong$(terminal_is_back)" "keys come from the terminal, not from stdin"

wrong=$(running LC_ALL=C)
screen | LC_ALL=C grep -q '[^ -~]' && wrong="$wrong more than ASCII"
keys q
result "$wrong$(terminal_is_back)" "LANG=C shows ASCII only"

wrong=$(running NO_COLOR=1)
tmux -L "$socket" capture-pane -e -p -t :0 |
	grep -Eq "$(printf '\033')\\[([0-9;]*;)?(3[0-7]|4[0-7]|38|48)" &&
	wrong="$wrong there is colour"
keys q
result "$wrong$(terminal_is_back)" "NO_COLOR shows none"

own="XDG_CONFIG_HOME=$scratch/own"
wrong=$(running "$own" '--pane kernel')
keys f j Space
soon shows '\[ \] SIZE' || wrong="$wrong SIZE is not switched off;"
keys Escape C-l W
soon shows 'settings saved' || wrong="$wrong nothing was saved;"
keys q
soon ended || wrong="$wrong still running;"
wrong=$wrong$(running "$own" '--pane kernel')
keys f
soon shows '\[ \] SIZE' || wrong="$wrong SIZE is back;"
keys Escape C-l q
grep -q '^columns = name objects' "$scratch/own/memtop/config" ||
	wrong="$wrong not in the file;"
result "$wrong$(terminal_is_back)" "columns of a list outlive the program"

# What was tried in thought is what the dialog asks for and what yes does, and
# it can be taken back.
sleep 120 &
sleeper=$!
adj_is() {
	[ "$(cat "/proc/$sleeper/oom_score_adj")" = "$1" ]
}
# no key counts before the question can be read
typed() { # adj
	shows "new \\[$1 *\\]" || { keys -l "$1" && false; }
}
answered() { # adj
	! shows 'Press y to apply' || keys y
	adj_is "$1"
}
was=$(cat "/proc/$sleeper/oom_score_adj")
wrong=$(running "XDG_CONFIG_HOME=$scratch/none" \
	"--pane oom --pid $sleeper")
soon shows "^> *1 +$sleeper " || wrong="$wrong the process is not there;"
keys + +
soon shows "sleep\\[$sleeper\\]  adj $was -> $((was + 100)) " ||
	wrong="$wrong no what-if;"
keys o
soon shows 'Press y to apply' || wrong="$wrong no question;"
adj_is "$was" || wrong="$wrong changed before it was asked for;"
soon answered $((was + 100)) || wrong="$wrong not set;"
soon shows "set to $((was + 100)) \\(was $was\\)" || wrong="$wrong not told;"
soon shows "sleep\\[$sleeper\\]  adj $((was + 100)) " ||
	wrong="$wrong the pane does not follow;"
keys o
soon shows 'Press y to apply' || wrong="$wrong no second question;"
soon typed "$was" || wrong="$wrong not typed;"
soon answered "$was" || wrong="$wrong not put back;"
kill "$sleeper"
keys q
result "$wrong$(terminal_is_back)" "a what-if is applied and taken back"

# Last, because the terminal goes with it.
wrong=$(running A=)
pid=$(cat "$scratch/pid")
keys 2 K
tmux -L "$socket" kill-server
soon gone "$pid" || { wrong="$wrong still there"; kill -s KILL "$pid"; }
n=$((n + 1))
[ -z "$wrong" ] || printf 'not '
echo "ok $n - ends with its terminal $wrong"
