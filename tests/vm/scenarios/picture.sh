#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A machine with swap on zram that has a limit, and the limits of two
# containers.  While memtop samples, the kernel's own files and the words of
# busybox are taken twice; nothing moves in between, so a sample in between must
# say the same.
# shellcheck source=common.sh
. /usr/local/bin/common.sh
docker=$cgroups/system.slice/docker-$(printf %064x 48879).scope
kube=$cgroups/kubepods.slice/kubepods-pod1234_5678.slice
kube=$kube/cri-containerd-$(printf %064x 51966).scope

make_branch() { # cgroup: memory is handed down to it
	mkdir -p "$1"
	folder=$cgroups
	for name in $(echo "${1#"$cgroups"/}" | tr / ' '); do
		echo +memory +pids >"$folder/cgroup.subtree_control"
		folder=$folder/$name
	done
}

take() { # folder
	mkdir -p "$1"
	cut -d ' ' -f 1 /proc/uptime >"$1/began"
	cat /proc/meminfo >"$1/meminfo"
	cat /proc/vmstat >"$1/vmstat"
	cat /proc/swaps >"$1/swaps"
	free -b >"$1/free"
	cat /sys/block/zram0/mm_stat >"$1/mm_stat"
	find $cgroups -type d | while read -r folder; do
		for file in "$folder"/memory.* "$folder"/pids.current; do
			[ -r "$file" ] || continue
			sed "s|^|${folder#"$cgroups"}/ ${file##*/} |" "$file"
		done
	done >"$1/cgroups" 2>/dev/null
	for status in /proc/[0-9]*/status; do
		awk '/^(Pid|VmRSS|VmSwap|VmPTE|RssAnon|RssFile):/ {
			line = line " " $2 } END { print line }' "$status"
	done >"$1/processes" 2>/dev/null
	cut -d ' ' -f 1 /proc/uptime >"$1/ended"
}

echo 40M >/sys/block/zram0/mem_limit
make_branch "$docker"
make_box "$docker" 48M 16M
echo 40M >"$docker/memory.high"
make_branch "$kube"
make_box "$kube" 32M 0
begin_in "$docker" hog -n java -m 24
begin_in "$kube" hog -n nginx -m 12
begin_in "$kube" dd if=/bin/busybox of=/dev/null
begin hog -n init -m 10
sleep 2
echo 8M >"$docker/memory.reclaim"
sync
memtop --batch --json -d 0.5 >/out/json 2>/out/memtop.err &
memtop=$!
sleep 4
take /out/before
sleep 1.2
take /out/after
stop_memtop
for pane in overview swap oom thp; do
	memtop --once --pane $pane >/out/text.$pane 2>&1
done
end_all
