#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What the manual and the README say against what the program and the Makefile
# have.  Keys and fields have no output of their own that could be read here:
# tests/unit/test_manual.c compares their tables.
#
# usage: tests/check-docs.sh [BUILD]
set -u
cd "$(dirname "$0")/.." || exit 1
program=${1:-build}/memtop
manual=man/memtop.1
guides='README.md src/README.md .github/CONTRIBUTING.md'

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# shellcheck source=tests/tap.sh
. tests/tap.sh

# -d and --delay, one a line, of the usage text: from the first column of its
# list only, because help texts name options too
options_of_help() {
	"$program" --help | sed -n 's/^ \{1,8\}\(-[^ ].*\)/\1/p' |
		sed 's/  .*//' |
		awk -F '[][ ,=]+' '{ for (i = 1; i <= NF; i++) print $i }' |
		grep -E '^(-[A-Za-z0-9]|--[a-z][a-z-]*)$' | sort -u
}

# the same of the manual: `.It Fl d , -delay Ar seconds`
options_of_manual() {
	awk '/^\.It Fl / {
		for (i = 3; i <= NF && $i !~ /^(Ar|Op|Cm)$/; i++)
			if ($i != ",")
				print "-" $i
	}' "$manual" | sort -u
}

# Lines in code blocks and words in backticks.
commands_of_guides() {
	# shellcheck disable=SC2086 # a list
	awk '/^```/ { code = !code; next }
		code { sub(/ +#.*/, ""); print; next }
		{ while (match($0, /`[^`]+`/)) {
			print substr($0, RSTART + 1, RLENGTH - 2)
			$0 = substr($0, RSTART + RLENGTH) } }' $guides
}

echo 1..10

options_of_help >"$scratch/help"
options_of_manual >"$scratch/manual"
wrong=$(comm -23 "$scratch/help" "$scratch/manual")
[ -s "$scratch/help" ] || wrong="$program --help lists no option"
result "$wrong" "every option is in the manual"
result "$(comm -13 "$scratch/help" "$scratch/manual")" \
	"every option of the manual exists"

wrong=$(commands_of_guides | grep -E '^(\$ )?(sudo )?memtop ' |
	tr ' ' '\n' | grep -E '^--[a-z]' | sort -u |
	comm -23 - "$scratch/help")
result "$wrong" "the guides use options that exist"

wrong=$(commands_of_guides | sed -n 's/^\(\$ \)\{0,1\}make //p' |
	tr ' ' '\n' | grep -E '^[a-z][a-z-]*$' | sort -u |
	while read -r target; do
		grep -q "^$target:" Makefile || echo "make $target"
	done)
result "$wrong" "the guides use make targets that exist"

# shellcheck disable=SC2086 # a list
wrong=$(for guide in $guides; do
	grep -oE '\]\([^)#:]+\)' "$guide" | sed 's/^](//; s/)$//' |
		while read -r link; do
			[ -e "$(dirname "$guide")/$link" ] ||
				echo "$guide: $link"
		done
done)
result "$wrong" "links in the guides lead somewhere"

wrong=$(commands_of_guides | tr ' ' '\n' | grep -E '^[a-z][a-z_/-]*\.(c|h|sh)$' |
	sort -u | while read -r file; do
		[ -e "$file" ] || [ -e "src/$file" ] ||
			[ -e "include/memtop/$file" ] || echo "$file"
	done)
result "$wrong" "files that the guides name are there"

# Captured kernel files may name any path; nothing else has a reason to.
wrong=$(find . \( -name .git -o -name build -o -name proc \
	-o -name expected -o -name check-docs.sh \) -prune -o -type f \
	-exec grep -nE '/(work|Users|home/[a-z]+)/' /dev/null {} + |
	cut -c 1-120)
result "$wrong" "no path of somebody's machine"

if command -v mandoc >/dev/null 2>&1; then
	# pages of others need not be installed here
	result "$(mandoc -T lint "$manual" 2>&1 | grep "$manual:" |
		grep -v 'referenced manual not found')" \
		"the manual is lint-free"
else
	n=8
	echo "ok 8 - the manual is lint-free # SKIP mandoc is not here"
fi

# The glossary as a manual page has an item for each entry, and all their parts.
"$program" --explain all | awk -f man/glossary.awk >"$scratch/glossary.7"
"$program" --explain | awk '{ print $1 }' >"$scratch/entries"
wrong=$(sed -n 's/^\.It Sy \([^ ]*\) No .*/\1/p' "$scratch/glossary.7" |
	diff - "$scratch/entries" | head -n 5)
for heading in Normal 'Bad when' 'Do' Misleads Source; do
	[ "$(grep -c "^.Em .&$heading :" "$scratch/glossary.7")" -ge \
		"$(wc -l <"$scratch/entries")" ] || wrong="$wrong $heading"
done
! command -v mandoc >/dev/null 2>&1 ||
	wrong=$wrong$(mandoc -T lint -W warning "$scratch/glossary.7" 2>&1 |
		grep -v 'referenced manual not found' | head -n 3)
result "$wrong" "the glossary is a manual page"

# What the first page shows is what the program draws.
awk '/^```/ { if (inside) exit; inside = 1; next } inside' README.md |
	diff - tests/screen/expected/overview-incident-80x24.txt \
		>"$scratch/picture"
result "$(head -n 4 "$scratch/picture")" "the README shows today's screen"
