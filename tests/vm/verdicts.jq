# SPDX-License-Identifier: MIT
#
# What the verdict said during each phase of a scenario: from its mark "begin
# NAME" or "onset" or "relief" to the next mark.
#
#   jq -c -n -f verdicts.jq --slurpfile log LOG samples
#
# LOG comes from log.awk.  An object for each phase: when it was first called
# and when it was last, in seconds after its beginning; null: never.

def seconds:
	(.[0:19] + "Z" | fromdateiso8601) + ("0" + .[19:23] | tonumber);

def called: .severity == "WARN" or .severity == "CRIT";

def phases:
	[$log[] | select(.mark)] as $marks
	| range($marks | length - 1)
	| { name: ($marks[.].mark | if .[0] == "begin" then .[1] else .[0] end),
	    from: $marks[.].time, to: $marks[. + 1].time }
	| select(.name != "end");

[inputs | { t: (.time | seconds), severity: .verdict.severity,
	    rule: .verdict.rule, text: .verdict.text,
	    subjects: (.verdict.subjects // []) }] as $samples
| phases
| . as $phase
| [$samples[] | select(.t >= $phase.from and .t < $phase.to)] as $inside
| [$inside[] | select(called)] as $calls
| { name, seconds: (.to - .from), samples: ($inside | length),
    first: (if $calls == [] then null else $calls[0].t - .from end),
    last: (if $calls == [] then null else $calls[-1].t - .from end),
    worst: ($inside | map(.severity)
	| if index("CRIT") then "CRIT" elif index("WARN") then "WARN"
	  elif index("NOTE") then "NOTE" else .[0] end),
    says: ($calls | group_by(.rule) | map("\(.[0].rule) x\(length): " +
	.[-1].text) | join("; ")),
    subjects: ([$calls[].subjects[]] | unique) }
