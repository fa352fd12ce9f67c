#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What figures.sh is for the machine as a whole, for each cgroup and its limits:
# two containers, one of which swaps, and the slices above them.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"
slack=$((1536 << 10))

machines() {
	"$here/cases/figures.sh" machines
}

# What of a cgroup is in what file, and how much it may move.
cgroup_fields() {
	cat <<'END'
current memory.current 1
max memory.max 0
high memory.high 0
swap.current memory.swap.current 0
swap.max memory.swap.max 0
anon memory.stat.anon 1
file memory.stat.file 1
kernel memory.stat.kernel 1
events.oom_kill memory.events.oom_kill 0
END
}

in_cgroup() { # folder, path, name
	awk -v path="$2" -v name="$3" '
		$1 != path && $1 != path "/" { next }
		$2 == name { value = $3 }
		$2 "." $3 == name { value = $4 }
		END { print value }' "$1/cgroups"
}

short() { # path
	echo "$1" | sed -E 's|.*/||; s|0{40,}|…|'
}

cgroup_rows() { # results/machine
	awk '/(docker|cri-containerd)-[0-9a-f]*\.scope|^\/(system|kubepods)/ {
		sub("/$", "", $1); print $1 }' "$1/before/cgroups" | sort -u |
		while read -r path; do
			cgroup_fields | while read -r field name times; do
				printf '%s\t%s\t%s\t%s\t%s\n' \
					"$(short "$path") $field" \
					"$(in_cgroup "$1/before" "$path" \
						"$name")" \
					"$(jq -r --arg path "$path" ".cgroups[]?
						| select(.path == \$path)
						| .$field" "$scratch/sample")" \
					"$(in_cgroup "$1/after" "$path" \
						"$name")" $((slack * times))
			done
		done
}

# shellcheck disable=SC2016 # variables of jq
judge() { # results
	scratch=$(mktemp -d) || exit 1
	trap 'rm -rf "$scratch"' EXIT
	for machine in $(machines | cut -d ' ' -f 1); do
		came_home "$1/$machine"
		sample_between "$1/$machine" >"$scratch/sample"
		cgroup_rows "$1/$machine" >"$scratch/rows"
		result "$(astray "$scratch/rows")" \
			"$machine: each cgroup as the kernel says"
		[ "$machine" != picture-6.12 ] ||
			{
				printf '%s\tbefore\tmemtop\tafter\tslack\n' \
					"$machine"
				cat "$scratch/rows"
			} | table
		# the tightest limit on the way up, of which what is used goes
		result "$(sample_wrong '.cgroups[]
			| select(.max | numbers)
			| select(.headroom == null or .headroom > .max
				or .headroom < .max - .current)
			| "\(.path): \(.headroom) of \(.max)"')" \
			"$machine: headroom is what the limit leaves"
	done
	finish
}

"$@"
