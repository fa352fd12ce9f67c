# SPDX-License-Identifier: MIT
#
# Judges the rows of a batch run while processes came and went.  A child of
# the load is called "b" and its pid, so a row that has another's name shows.
# usage: awk -f churn.awk -v seconds=60 births csv
FNR == 1 { file++; if (file == 2) FS = "," }
file == 1 { if ($1 == "alive") alive = $2; next }
FNR == 1 { next }
{
	$0 = $0 # with the new separator
	gsub(/["\r]/, "")
	if (!($1 in sample)) {
		sample[$1] = 1
		samples++
	}
	if ($3 ~ /^b[0-9]+$/) {
		seen++
		misattributed += $3 != "b" $2
	}
}
END {
	print "samples_missing", seconds - samples
	print "misattributed", misattributed + 0
	if (alive > 0 && samples > 0)
		print "seen_percent", 100 * seen / samples / alive
}
