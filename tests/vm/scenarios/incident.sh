#!/bin/sh
# SPDX-License-Identifier: MIT
#
# An incident of a minute or two, recorded by memtop as an admin would have it
# on his screen: 80x24, the Overview, no key pressed.  What stands there at the
# decisive moments is kept, and so are the times of what happens.
#
# usage: incident.sh KIND
#   thrash, zram  one grows until those at work don't fit any more, and is ended
#   crashloop     a service that is killed at its limit, and started again
#   oom           one grows in a machine without swap until the kernel acts
# shellcheck source=common.sh
. /usr/local/bin/common.sh
screen='tmux -L screen -f /tmp/tmux.conf'
service=$cgroups/system.slice/invoice-worker.service

start_screen() {
	klog -t 3600 >/out/log 2>/out/klog.err &
	klog=$!
	cat >/tmp/tmux.conf <<-'CONF'
		set -g status off
		set -g default-terminal xterm-256color
	CONF
	$screen new-session -d -x 80 -y 24 \
		'memtop --ascii --no-color -w /out/recording 2>/out/memtop.err'
}

look() { # name
	$screen capture-pane -p >"/out/live-$1.txt"
}

happens() { # what
	mark "$1"
	date -u '+%H:%M:%S '"$1" >>/out/times
}

end_screen() {
	$screen send-keys q
	i=0
	while pidof memtop >/dev/null && [ $i -lt 50 ]; do
		sleep 0.2
		i=$((i + 1))
	done
	kill "$klog"
	wait "$klog" || return 0
}

# Two that need their memory all the time, and one that takes what they had.
thrash() { # MB of the two, of the third
	begin hog -n postgres -m "$1" -W
	begin hog -n redis-server -m 6 -W
	begin hog -n sshd -m 2
	sleep 14
	look calm
	happens onset
	begin hog -n reindex -m "$2" -W
	culprit=${pids##* }
	sleep 28
	look called
	sleep 14
	look late
	happens relief
	kill "$culprit"
	sleep 22
	look easing
	sleep 48
	look after
}

restart() { # which time
	(sleep 14 && look "near$1") &
	# shellcheck disable=SC2016 # for the inner shell
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$service" \
		hog -n invoice-worker -m 30 -r 80 >/dev/null 2>&1
	happens killed
	sleep 2
	look "killed$1"
	sleep 2
}

crashloop() {
	mkdir -p "${service%/*}"
	echo +memory >"${service%/*}/cgroup.subtree_control"
	make_box "$service" 64M 0
	begin_in "$service" hog -n log-shipper -m 8
	begin hog -n postgres -m 70
	sleep 12
	look calm
	happens onset
	for i in 1 2 3 4; do
		restart $i
	done 2>/dev/null
	sleep 8
	look after
}

oom() {
	begin hog -n postgres -m 36 -W
	begin hog -n sshd -m 2
	sleep 14
	look calm
	happens onset
	hog -n java -m 4 -r 75 >/dev/null 2>&1 &
	java=$!
	sleep 20
	look growing
	(sleep 8 && look forecast) &
	wait "$java"
	happens killed
	sleep 4
	look killed
	sleep 21
	look after
}

start_screen
case $1 in
thrash) thrash 46 66 ;;
zram) thrash 46 90 ;;
*) "$1" ;;
esac
end_all 2>/dev/null
end_screen
