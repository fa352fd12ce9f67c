#!/bin/sh
# SPDX-License-Identifier: MIT
#
# `memtop --check`: one line, and 0, 1, 2 or 3 as monitoring plugins do.
# shellcheck source=../cases.sh
. "$(dirname "$0")/../cases.sh"

machines() {
	echo "plugin-6.1 --kernel 6.1 --mem 128 --swap 256 --swap-iops 300" \
		"--timeout 120 -- plugin.sh"
}

judge() { # results
	machine=$1/plugin-6.1
	came_home "$machine"
	sed 's/^/# /' "$machine/said"
	for expected in 'calm 0' 'thrash [12]' 'usage 3' 'blind 3'; do
		wrong=
		grep -q "^$expected ." "$machine/said" ||
			wrong=$(grep "^${expected% *}" "$machine/said")
		result "$wrong" "exit status of ${expected% *}"
	done
	wrong=
	# where to find help is said besides
	[ "$(grep -vc "^memtop: --help" "$machine/said")" = 4 ] ||
		wrong=$(cat "$machine/said")
	result "$wrong" "one line each"
	finish
}

"$@"
