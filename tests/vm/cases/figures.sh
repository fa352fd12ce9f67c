#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The figures of one sample beside those that the kernel's files and busybox
# gave just before and just after it, in the machine with containers' limits
# and zram.  Each must lie between the two, give or take what reading moves.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"
slack=$((1536 << 10))

machines() {
	for kernel in 6.1 6.12; do
		echo "picture-$kernel --kernel $kernel --mem 256 --swap 64" \
			"--swap-on zram -- picture.sh"
	done
}

# What of memtop's memory is what line of meminfo.
memory_fields() {
	cat <<'END'
total MemTotal 0
free MemFree 1
available MemAvailable 1
buffers Buffers 1
cached Cached 1
swap_cached SwapCached 1
active_anon Active(anon) 1
inactive_anon Inactive(anon) 1
active_file Active(file) 1
inactive_file Inactive(file) 1
unevictable Unevictable 1
mlocked Mlocked 1
swap_total SwapTotal 0
swap_free SwapFree 1
dirty Dirty 1
anon_pages AnonPages 1
mapped Mapped 1
shmem Shmem 1
kreclaimable KReclaimable 1
slab Slab 1
slab_reclaimable SReclaimable 1
slab_unreclaimable SUnreclaim 1
kernel_stack KernelStack 1
page_tables PageTables 1
commit_limit CommitLimit 0
committed Committed_AS 8
vmalloc_used VmallocUsed 1
percpu Percpu 1
anon_huge AnonHugePages 1
END
}

# "name before memtop after slack", tab-separated
memory_rows() { # results/machine
	memory_fields | while read -r field line times; do
		printf 'memory.%s\t%s\t%s\t%s\t%s\n' "$field" \
			"$(meminfo "$1/before" "$line")" \
			"$(jq ".memory.$field" "$scratch/sample")" \
			"$(meminfo "$1/after" "$line")" $((slack * times))
	done
}

meminfo() { # folder, name
	awk -v name="$2:" '$1 == name { printf "%d\n", $2 * 1024 }' \
		"$1/meminfo"
}

#               total        used        free      shared  buff/cache   available
# Mem:      261423104    93175808   120713216           0    47534080   160526336
free_rows() { # results/machine
	for row in 'total 2 0' 'free 4 1' 'available 7 1'; do
		# shellcheck disable=SC2086 # three words
		set -- "$1" $row
		printf 'free: %s\t%s\t%s\t%s\t%s\n' "$2" \
			"$(awk -v c="$3" '/^Mem:/ { print $c }' \
				"$1/before/free")" \
			"$(jq ".memory.$2" "$scratch/sample")" \
			"$(awk -v c="$3" '/^Mem:/ { print $c }' \
				"$1/after/free")" $((slack * $4))
	done
}

# Counters only grow, so there is no need for slack.
vmstat_rows() { # results/machine
	for name in pswpin pswpout pgmajfault pgfault oom_kill \
		pgsteal_direct pgscan_kswapd workingset_refault_anon; do
		printf 'vmstat.%s\t%s\t%s\t%s\t0\n' $name \
			"$(awk -v n=$name '$1 == n { print $2 }' \
				"$1/before/vmstat")" \
			"$(jq ".vmstat.$name" "$scratch/sample")" \
			"$(awk -v n=$name '$1 == n { print $2 }' \
				"$1/after/vmstat")"
	done
}

# Filename  Type  Size  Used  Priority, in kB
swap_rows() { # results/machine
	for row in 'size 3' 'used 4'; do
		# shellcheck disable=SC2086 # two words
		set -- "$1" $row
		printf 'swaps: %s\t%s\t%s\t%s\t0\n' "$2" \
			"$(awk -v c="$3" 'NR == 2 { print $c * 1024 }' \
				"$1/before/swaps")" \
			"$(jq ".swaps[0].$2" "$scratch/sample")" \
			"$(awk -v c="$3" 'NR == 2 { print $c * 1024 }' \
				"$1/after/swaps")"
	done
}

# The lines of status: Pid VmRSS RssAnon RssFile VmPTE VmSwap
process_rows() { # results/machine
	jq -r '.processes[] | select(.command // "" | test("^hog ")) | .pid' \
		"$scratch/sample" | while read -r pid; do
		for row in 'rss 2' 'anon 3' 'file 4' 'page_tables 5' 'swap 6'
		do
			field=${row% *}
			printf '%s %s\t%s\t%s\t%s\t0\n' "$pid" "$field" \
				"$(of_process "$1/before" "$pid" "${row#* }")" \
				"$(jq ".processes[] | select(.pid == $pid)
					| .$field" "$scratch/sample")" \
				"$(of_process "$1/after" "$pid" "${row#* }")"
		done
	done
}

of_process() { # folder, pid, column
	awk -v pid="$2" -v c="$3" '$1 == pid { print $c * 1024 }' \
		"$1/processes"
}

judge() { # results
	scratch=$(mktemp -d) || exit 1
	trap 'rm -rf "$scratch"' EXIT
	for machine in $(machines | cut -d ' ' -f 1); do
		came_home "$1/$machine"
		sample_between "$1/$machine" >"$scratch/sample"
		for kind in memory free vmstat swap process; do
			${kind}_rows "$1/$machine" >"$scratch/rows"
			wrong=$(astray "$scratch/rows")
			[ -s "$scratch/rows" ] || wrong="nothing to compare"
			result "$wrong" "$machine: $kind as the kernel says"
			cat "$scratch/rows" >>"$scratch/$machine"
		done
	done
	{
		printf 'picture-6.12\tbefore\tmemtop\tafter\tslack\n'
		cat "$scratch/picture-6.12"
	} | table
	finish
}

"$@"
