#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Who may include whom (src/README.md): folders include leftwards only, and
# some libraries are known to a few files.  Works on the #include lines alone,
# of the tree at ROOT, so that a compiler is not asked and every file counts.
# The last cases break a small tree of their own and expect to be told.
#
# usage: tests/check-layers.sh [BUILD [ROOT]]      (BUILD is not looked at)
set -u
cd "$(dirname "$0")/.." || exit 1
root=${2:-.}

# Prints "file: what is wrong" for each #include that goes the wrong way.
layers() { # root
	(cd "$1" && find src include -name '*.[ch]' | sort |
		xargs grep -nH '^[[:space:]]*#[[:space:]]*include' /dev/null) |
	awk -F : '
	BEGIN {
		# which folder the header in include/memtop belongs to
		homes("base", "base text format kernfile privilege " \
			"memlock clock thread")
		homes("model", "snapshot entity field list counters " \
			"history rows glossary rates oom source")
		homes("model", "event kill trend flags forecast killer")
		homes("model", "readers")
		homes("model", "ledger")
		homes("model", "kernel")
		homes("model", "ramfiles")
		homes("model", "swap swap_users swap_held thp")
		homes("model", "cgroup")
		homes("model", "mapping")
		homes("judge", "verdict events judges")
		homes("output", "output")
		homes("record", "record")
		homes("main", "options batch check config explain screen")
		# what a folder may see, besides itself
		may["base"] = ""
		may["model"] = "base"
		may["collect"] = may["judge"] = may["record"] = \
			may["output"] = may["ui"] = "base model"
		may["main"] = "base model collect judge record output ui"
		# libraries with walls around them
		wall["libproc2/"] = "src/collect/names.c"
		wall["pthread.h"] = wall["memtop/thread.h"] = \
			"include/memtop/thread.h src/base/thread.c " \
			"src/collect/sampler.c src/collect/prober.c " \
			"src/collect/prober_private.h src/collect/prober_worker.c " \
			"src/collect/background.c src/collect/job.c " \
			"src/collect/share.c " \
			"src/collect/users.c " \
			"src/model/history.c src/record/recorder.c"
		wall["curses.h"] = wall["ncurses.h"] = wall["ncursesw/"] = \
			wall["term.h"] = "src/ui/term.c src/ui/draw.c"
		wall["json.h"] = wall["json-c/"] = "src/output/json_object.c " \
			"src/output/json_verdict.c src/output/json_oom.c"
		wall["sqlite3.h"] = "src/record/db.c src/record/db.h " \
			"src/record/reader.h " \
			"src/record/row.h src/record/schema.h " \
			"src/record/texts.h src/record/writer.h"
		wall["ini.h"] = "src/config.c"
	}
	function homes(folder, names,   list, i, n) {
		n = split(names, list, " ")
		for (i = 1; i <= n; i++)
			home["memtop/" list[i] ".h"] = folder
	}
	function is_in(word, words) {
		return index(" " words " ", " " word " ") > 0
	}
	function folder_of(file,   parts, n) {
		n = split(file, parts, "/")
		if (parts[1] == "include")
			return home["memtop/" parts[n]]
		return n > 2 ? parts[2] : "main"
	}
	function bad(what) {
		print $1 ":" $2 ": " what
	}
	{
		file = $1
		line = $0
		sub(/^[^:]*:[^:]*:[^<"]*/, "", line)
		angle = line ~ /^</
		header = substr(line, 2)
		sub(/[>"].*/, "", header)
		folder = folder_of(file)
		if (folder == "") {
			bad("no folder is named for this header")
			next
		}
		if (!(folder in may)) {
			bad("no rule for folder " folder)
			next
		}
		if (angle) {
			for (library in wall)
				if (index(header, library) == 1 &&
				    !is_in(file, wall[library]))
					bad("<" header "> is not for this file")
			next
		}
		if (header ~ /^memtop\//) {
			if (!(header in home)) {
				bad("no folder is named for " header)
				next
			}
			if (header in wall && !is_in(file, wall[header]))
				bad(header " is not for this file")
			target = home[header]
		} else if (header ~ /^[^\/]*$/) {
			target = folder
		} else {
			target = header
			sub(/^(\.\.\/)*/, "", target)
			sub(/\/.*/, "", target)
		}
		if (target != folder && !is_in(target, may[folder]))
			bad("src/" folder " must not include " header)
	}'
}

# shellcheck source=tests/tap.sh
. tests/tap.sh

# A tree with one wrong line must be told of.
notices() { # file, include line
	broken=$(mktemp -d) || exit 1
	mkdir -p "$broken/include/memtop" "$broken/src/$(dirname "$1")"
	echo "#include $2" >"$broken/src/$1"
	wrong=
	[ -n "$(layers "$broken")" ] || wrong="src/$1: $2 went through"
	rm -rf "$broken"
	result "$wrong" "notices $2 in src/$1"
}

echo 1..12
result "$(layers "$root")" "every include goes the right way"
notices base/text.c '"memtop/snapshot.h"'
notices model/rows.c '"memtop/verdict.h"'
notices ui/table.c '"memtop/output.h"'
notices output/csv.c '"../ui/draw.h"'
notices ui/table.c '<curses.h>'
notices ui/table.c '<pthread.h>'
notices ui/table.c '"memtop/thread.h"'
notices collect/meminfo.c '<libproc2/meminfo.h>'
notices model/field.c '<json-c/json.h>'
notices options.c '<ini.h>'
notices output/csv.c '<sqlite3.h>'
