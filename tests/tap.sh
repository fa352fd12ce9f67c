# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# What the test scripts share: a case's line of TAP.  Sourced, so it does
# nothing by itself.

n=0
# What else helps to see why a case failed; a script may say it better.
details() {
	:
}

result() { # "" or what is wrong, name
	n=$((n + 1))
	if [ -z "$1" ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		echo "$1" | sed 's/^/# ! /'
		details | sed 's/^/# | /'
	fi
}

skip() { # name, why
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}
