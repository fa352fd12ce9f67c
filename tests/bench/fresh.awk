# SPDX-License-Identifier: MIT
#
# Judges the PSS figures of a batch run (JSON, an object a line) by complete
# passes that were made meanwhile ("at SECONDS", then "PID KIB" lines).
# A sample's first 20 are right when whatever differs from a complete pass
# has itself changed within the two seconds before.
# usage: awk -f fresh.awk passes json
FNR == 1 { file++ }
file == 1 && $1 == "at" { at[++passes] = $2; place = 0; next }
file == 1 {
	if (++place <= 20)
		first[passes, $1] = 1
	next
}
{ sample() }

function number(text, key,   i) {
	i = index(text, "\"" key "\":")
	if (!i)
		return ""
	text = substr(text, i + length(key) + 3)
	return text ~ /^[0-9]/ ? text + 0 : ""
}

# "2026-11-22T10:26:06.929+00:00" in seconds of the day, UTC
function clock(text) {
	text = substr(text, index(text, "T") + 1)
	return substr(text, 1, 2) * 3600 + substr(text, 4, 2) * 60 + \
		substr(text, 7)
}

function sample(   n, part, i, pid, rss, age) {
	n = split($0, part, /"pid":/)
	now = clock(substr($0, index($0, "\"time\":") + 8, 30))
	samples++
	split("", pss)
	for (i = 2; i <= n; i++) {
		pid = part[i] + 0
		rss = number(part[i], "rss")
		age = number(part[i], "smaps_age_ms")
		if (number(part[i], "pss") == "")
			continue
		pss[pid] = number(part[i], "pss")
		if (changed[pid] == samples - 1 && samples > 8)
			note_changed(age)
		if (pid in before && before[pid] > 0 &&
		    (rss - before[pid]) ^ 2 > (before[pid] / 100) ^ 2)
			changed[pid] = samples
		before[pid] = rss
	}
	if (samples > 8)
		judge()
}

# kept in rising order
function note_changed(age,   i) {
	for (i = ++nages; i > 1 && changed_age[i - 1] > age; i--)
		changed_age[i] = changed_age[i - 1]
	changed_age[i] = age
}

function judge(   i, j, pid, best, taken, wrong, p, any, all) {
	judged++
	for (i = 1; i <= 20; i++) {
		best = ""
		for (pid in pss)
			if (!(pid in taken) &&
			    (best == "" || pss[pid] > pss[best]))
				best = pid
		taken[best] = 1
	}
	# passes from two seconds before the sample to just after it
	for (p = 1; p <= passes; p++) {
		j = (at[p] % 86400) - now
		if (j < -2.1 || j > 0.6)
			continue
		any++
		for (i in first) {
			split(i, part, SUBSEP)
			if (part[1] == p)
				all[part[2]]++
		}
	}
	for (pid in taken)
		wrong += !(pid in all)
	for (pid in all)
		wrong += all[pid] == any && !(pid in taken)
	right += any && !wrong
}

END {
	if (nages)
		print "changed_age_p99_ms", changed_age[int((nages - 1) * 0.99) + 1]
	if (judged)
		print "top20_right_percent", 100 * right / judged
}
