# SPDX-License-Identifier: MIT
#
# memtop-glossary(7), from what `memtop --explain all` prints: a title with the
# name in brackets, the text below it, and the parts, each behind its heading.

function escaped(text)
{
	gsub(/\\/, "\\e", text)
	gsub(/^[.']/, "\\\\\\&&", text)
	gsub(/"/, "\\(dq", text)
	gsub(/ +/, " ", text)
	gsub(/\. /, ".\n", text)
	return text
}

BEGIN {
	print ".\\\" Made by memtop --explain all."
	print ".Dd $Mdocdate$"
	print ".Dt MEMTOP-GLOSSARY 7"
	print ".Os"
	print ".Sh NAME"
	print ".Nm memtop-glossary"
	print ".Nd what the figures of memtop mean"
	print ".Sh DESCRIPTION"
	print "Each figure, counter and rule that"
	print ".Xr memtop 1"
	print "shows by name: what it is, what is normal, when it is bad, what to"
	print "do then, how it misleads, and where it comes from."
	print ".Bl -tag -width Ds"
}

/^[^ ]/ {
	name = $0
	sub(/^.*\(/, "", name)
	sub(/\)$/, "", name)
	title = $0
	sub(/ \([^(]*\)$/, "", title)
	print ".It Sy " escaped(name) " No \\(em " escaped(title)
	text = 1
	next
}

text {
	print escaped(substr($0, 3))
	text = 0
	next
}

# A part; what goes on has no heading.
{
	heading = substr($0, 3, 10)
	sub(/ +$/, "", heading)
	if (heading != "")
		print ".br\n.Em \\&" heading " :"
	else
		print ".br"
	print escaped(substr($0, 13))
}

END {
	print ".El"
	print ".Sh SEE ALSO"
	print ".Xr memtop 1"
}
