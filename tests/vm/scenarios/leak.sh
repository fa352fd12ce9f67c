#!/bin/sh
# SPDX-License-Identifier: MIT
#
# One process that grows steadily beside one at rest and a garbage collector's
# saw-tooth, while memtop samples and records.
#
# usage: leak.sh SECONDS MB_PER_MIN
# shellcheck source=common.sh
. /usr/local/bin/common.sh
# shellcheck disable=SC2034 # for watch
watch_options='-w /out/recording'
begin hog -n leaky -m 10 -r "$2"
begin hog -n steady -m 20
begin hog -n saw -m 10 -r 400 -M 25 -s
watch 1
mark "begin leak $2"
sleep "$1"
mark "end leak"
watch_end
end_all
