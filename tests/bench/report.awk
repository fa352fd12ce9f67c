# SPDX-License-Identifier: MIT
#
# From the figures of all runs ("FIGURE PROGRAM VALUE" a line) and the table of
# targets to what a person or (-v json=1) a program reads.
# usage: awk -f report.awk [-v json=1] targets samples
FNR == 1 { file++ }
file == 1 && /^#/ { next }
file == 1 { row(); next }
{ add($1 ":" $2, $3) }

function row(   f) {
	split($0, f, "|")
	if (f[1] == "figure") {
		names[++nnames] = f[2]
		title[f[2]] = f[3]
	} else {
		n++
		number[n] = f[2]; what[n] = f[3]; unit[n] = f[4]
		figure[n] = f[5]; over[n] = f[6]; without[n] = f[7]
		operator[n] = f[8]; limit[n] = f[9]
		if (split(f[4], f, "@") > 1) {
			unit[n] = f[1]; instead[n] = f[2]
		}
	}
}

# Kept in rising order: there are few of each.
function add(key, value,   i) {
	if (!(key in count)) {
		split(key, part, ":")
		programs[part[1]] = programs[part[1]] " " part[2]
	}
	for (i = ++count[key]; i > 1 && values[key, i - 1] > value + 0; i--)
		values[key, i] = values[key, i - 1]
	values[key, i] = value + 0
}

function median(key,   c) {
	c = count[key]
	return c % 2 ? values[key, (c + 1) / 2] \
		     : (values[key, c / 2] + values[key, c / 2 + 1]) / 2
}

# three digits that count, and no exponent
function short(x) {
	if (x != 0 && x < 10 && x > -10)
		return sprintf("%.2f", x)
	return sprintf(x < 100 && x > -100 && x != int(x) ? "%.1f" : "%.0f", x)
}

# "" when something that it needs was not measured
function measured(i,   base) {
	if (!(figure[i] in count) || (over[i] && !(over[i] in count)) ||
	    (without[i] && !(without[i] in count)))
		return ""
	base = without[i] ? median(without[i]) : 0
	if (!over[i])
		return median(figure[i]) - base
	if (median(over[i]) - base <= 0)
		return ""
	return (median(figure[i]) - base) / (median(over[i]) - base)
}

function verdict(i, value) {
	if (value == "")
		return i in instead ? "see " instead[i] : "not measured"
	return (operator[i] == "<=" ? value <= limit[i] + 0 \
				    : value >= limit[i] + 0) ? "met" : "NOT MET"
}

function print_figures(   i, j, c, key, list) {
	printf "%-46s %-10s %9s  %s\n", "figure", "program", "median",
		"min ... max (runs)"
	for (i = 1; i <= nnames; i++) {
		c = split(programs[names[i]], list, " ")
		for (j = 1; j <= c; j++) {
			key = names[i] ":" list[j]
			printf "%-46s %-10s %9s  %s ... %s (%d)\n",
				j == 1 ? title[names[i]] : "", list[j],
				short(median(key)), short(values[key, 1]),
				short(values[key, count[key]]), count[key]
		}
	}
}

function print_targets(   i, value) {
	printf "\n%-3s %-42s %9s  %-14s %s\n", "", "target", "measured",
		"wanted", ""
	for (i = 1; i <= n; i++) {
		value = measured(i)
		printf "%-3s %-42s %9s  %-14s %s\n", number[i], what[i],
			value == "" ? "-" : short(value),
			operator[i] " " limit[i] " " \
			(unit[i] == "ratio" ? "" : unit[i]), verdict(i, value)
	}
}

function print_json(   i, j, c, key, list, value) {
	printf "{\"figures\":["
	for (i = 1; i <= nnames; i++) {
		c = split(programs[names[i]], list, " ")
		for (j = 1; j <= c; j++) {
			key = names[i] ":" list[j]
			printf "%s{\"figure\":\"%s\",\"program\":\"%s\"," \
				"\"median\":%s,\"min\":%s,\"max\":%s," \
				"\"runs\":%d}", comma, names[i], list[j],
				median(key), values[key, 1],
				values[key, count[key]], count[key]
			comma = ","
		}
	}
	printf "],\"targets\":["
	for (i = 1; i <= n; i++) {
		value = measured(i)
		printf "%s{\"target\":%s,\"what\":\"%s\",\"unit\":\"%s\"," \
			"\"measured\":%s,\"wanted\":\"%s %s\"," \
			"\"verdict\":\"%s\"}", (i > 1 ? "," : ""), number[i],
			what[i], unit[i], (value == "" ? "null" : value),
			operator[i], limit[i], tolower(verdict(i, value))
	}
	print "]}"
}

END {
	if (json) {
		print_json()
	} else {
		print_figures()
		print_targets()
	}
}
