# SPDX-License-Identifier: MIT
#
# "SECONDS KIB" lines to the slope of a line through them, with its standard
# error.
{ n++; x[n] = $1; y[n] = $2; sx += $1; sy += $2 }
END {
	if (n < 3)
		exit 1
	for (i = 1; i <= n; i++) {
		sxx += (x[i] - sx / n) ^ 2
		sxy += (x[i] - sx / n) * (y[i] - sy / n)
	}
	slope = sxy / sxx
	for (i = 1; i <= n; i++)
		rest += (y[i] - sy / n - slope * (x[i] - sx / n)) ^ 2
	print "growth_kib_per_h", slope * 3600
	print "growth_error_kib_per_h", sqrt(rest / (n - 2) / sxx) * 3600
}
