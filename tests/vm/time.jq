# SPDX-License-Identifier: MIT
#
# The time of a sample as seconds with a fraction, as klog has them.

def seconds: # "2026-11-22T12:21:31.111+00:00"
	(.[0:19] + "Z" | fromdateiso8601) + ("0" + .[19:23] | tonumber);
