#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The same kills as of oom.sh, against what memtop itself said: `oom` in its
# JSON, which names a victim for the machine and for each cgroup with a limit.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

machines() {
	"$here/cases/oom.sh" machines
}

# A forecast has a victim that is the first of its ranking, and a cgroup's says
# how far its limit is.  What a kill would free is not known before the victim's
# PSS is.
misshapen='
	def ranked: .victim == .ranking[0];
	def named: . == null or (.pid > 0 and .start_time != null
		and .command != null and .points != null);
	select(.oom == null or (.oom.global | ranked | not)
		or (.oom.global.victim | named | not)
		or any(.oom.cgroups[]; (ranked | not) or (.victim | named | not)
			or .limit == null or .current == null
			or .headroom != .limit - .current
				and .headroom > .limit))
	| .time'

judge() { # results
	for machine in $(machines | cut -d ' ' -f 1); do
		result "$(jq -r "$misshapen" "$1/$machine/json" | head -n 3)" \
			"$machine: every sample has a forecast"
	done
	# numbered on from here
	FORECAST=oom "$here/cases/oom.sh" judge "$1" | awk -v n="$n" '
		/^1\.\./ { next }
		/^(not )?ok / { sub(/ok [0-9]+/, "ok " ++n) }
		{ print }
		END { print "1.." n }'
}

"$@"
