#!/bin/sh
# SPDX-License-Identifier: MIT
#
# How far apart are the refreshes of memtop and of htop, both asked for two a
# second, while a working set of 130 % of RAM thrashes?  They take turns, so
# that whatever else goes on meets both.
#
# usage: refresh.sh REFRESHES
# shellcheck source=common.sh
. /usr/local/bin/common.sh
rounds=3
total=$(total_mb)
begin hog -n set1 -m $((total * 65 / 100)) -W
begin hog -n set2 -m $((total * 65 / 100)) -W
: >/out/memtop
: >/out/htop
sleep 15
refreshes=$(($1 / rounds))
for round in $(seq $rounds); do
	for monitor in 'memtop -d 0.5' 'htop -d 5'; do
		command -v "${monitor%% *}" >/dev/null || continue
		# shellcheck disable=SC2086 # words
		paint -n $refreshes -t $((refreshes * 2)) -- $monitor \
			>>"/out/${monitor%% *}" 2>>"/out/${monitor%% *}.err" ||
			echo "round $round: $monitor ended"
	done
done
end_all
