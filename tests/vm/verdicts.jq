# SPDX-License-Identifier: MIT
#
# What the verdict said during each phase of a scenario: from its mark "begin
# NAME" or "onset" or "relief" to the next mark.  A mark that ends in "@" and the
# time since boot is placed by that: the wall clock may have been set.
#
#   jq -L . -c -n -f verdicts.jq --arg words . --slurpfile log LOG samples
#
# A call is a warning or worse with one of the words in it (a regular
# expression).  LOG comes from log.awk.  An object for each phase: when it was
# first called and when last, in seconds after its beginning (null: never), and
# what was said.  "back" is when pages that had been pushed out first came back,
# 100 or more a second by the kernel's counters: what is needed does not fit any
# more.

include "time";

def called: (.severity == "WARN" or .severity == "CRIT")
	and (.rule + " " + .text | test($words; "i"));

def pages_back: .pswpin + (.workingset_refault_file // .workingset_refault);

# Of samples.
def back_since:
	. as $s
	| [range(1; length)
	   | select(($s[.].back - $s[. - 1].back)
		    >= 100 * ($s[.].t - $s[. - 1].t)) | $s[. - 1].t]
	| first;

def by_uptime: .mark[-1] | startswith("@");
def moment: if by_uptime then .mark[-1][1:] | tonumber else .time end;

def phases:
	[$log[] | select(.mark)] as $marks
	| range($marks | length - 1)
	| { name: ($marks[.].mark | if .[0] == "begin" then .[1] else .[0] end),
	    key: (if $marks[.] | by_uptime then "up" else "t" end),
	    from: ($marks[.] | moment), to: ($marks[. + 1] | moment) }
	| select(.name != "end");

def words:
	group_by(.rule) | map("\(.[0].rule) x\(length): " + .[-1].text)
	| join("; ");

[inputs | { t: (.time | seconds), up: (.load.uptime / 1e9),
	    severity: .verdict.severity,
	    back: (.vmstat | pages_back),
    since: (.verdict.since // .time | seconds),
	    rule: .verdict.rule, text: .verdict.text,
	    subjects: (.verdict.subjects // []) }] as $samples
| phases
| . as $phase
| [$samples[] | select(.[$phase.key] >= $phase.from
	and .[$phase.key] < $phase.to)] as $inside
| [$inside[] | select(called)] as $calls
| { name, seconds: (.to - .from), samples: ($inside | length),
    first: (if $calls == [] then null else $calls[0].t - .from end),
    back: (($inside | back_since) as $t
	| if $t then $t - .from else null end),
    last: (if $calls == [] then null else $calls[-1].t - .from end),
    # of what came after the first call
    held: (if $calls == [] then 0 else ($calls | length) /
	([$inside[] | select(.t >= $calls[0].t)] | length) end),
    worst: ($inside | map(.severity)
	| if index("CRIT") then "CRIT" elif index("WARN") then "WARN"
	  elif index("NOTE") then "NOTE" else .[0] end),
    says: ($calls | words),
    subjects: ([$calls[].subjects[]] | unique) }
