#!/bin/sh
# SPDX-License-Identifier: MIT
#
# How far apart are the refreshes of memtop and of htop, both asked for two a
# second, while a working set of 130 % of RAM thrashes?  They take turns.
#
# usage: refresh.sh REFRESHES
# shellcheck source=common.sh
. /usr/local/bin/common.sh
total=$(total_mb)
begin hog -n set1 -m $((total * 65 / 100)) -W
begin hog -n set2 -m $((total * 65 / 100)) -W
sleep 10
paint -n "$1" -t $(($1 * 2)) -- memtop -d 0.5 >/out/memtop 2>/out/memtop.err
paint -n "$1" -t $(($1 * 2)) -- htop -d 5 >/out/htop 2>/out/htop.err
end_all
