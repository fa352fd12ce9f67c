# SPDX-License-Identifier: MIT
#
# The last forecast before each OOM kill, beside what the kernel did.
#
#   jq -L . -c -n -f oom.jq --arg by figures --slurpfile log LOG samples
#
# LOG comes from log.awk.  "by" says what is taken for a forecast: "oom" what
# memtop says, "figures" the kernel's arithmetic on memtop's figures of the
# processes, "score" the order of /proc/PID/oom_score.  An object for each
# episode of oom.sh; sizes are in pages.

include "time";

def points($total): .pages + .adj * ($total / 4096 / 1000 | floor);

def candidates($cgroup):
	.processes[]
	| select(.pid > 1 and .oom_score_adj != -1000)
	| select(.rss != null and .swap != null and .page_tables != null)
	| select($cgroup == "/" or .cgroup == $cgroup
		or (.cgroup // "" | startswith($cgroup + "/")))
	| { pid, name: .comm, adj: .oom_score_adj, score: .oom_score,
	    pages: ((.rss + .swap + .page_tables) / 4096 | floor) };

# The one place that knows where a forecast is: who would be killed first
# comes first, as {pid, name, points}.  $total: bytes, 0: of the machine.
def forecast($cgroup; $total):
	if $by == "oom" then
		.oom
		| if $cgroup == "/" then .global
		  else .cgroups[] | select(.path == $cgroup) end
		| .ranking | map({ pid, name: .command, points })
	else
		(if $total > 0 then $total
		 else .memory.total + .memory.swap_total end) as $bytes
		| [candidates($cgroup) | . + { points: points($bytes) }]
		| if $by == "score" then sort_by(.score, .points)
		  else sort_by(.points) end
		| reverse
	end;

# By how much the figures of that process differ from the kernel's at the kill:
# what it grew in between, whatever a forecast makes of them.
def moved($kill; $pid):
	[.processes[] | select(.pid == $pid) | .rss + .swap + .page_tables
		| . / 4096 | floor] as $before
	| [$kill.tasks[] | select(.pid == $pid) | .pages - $before[0] | fabs]
	| first // 0;

def episodes:
	[foreach $log[] as $line ({};
		if $line.mark[0] == "episode" then
			{ mark: $line.mark }
		elif $line.kill and .mark and (.kill | not) then
			. + { kill: $line.kill, time: $line.time, new: true }
		elif $line.mark[0] == "end" then
			. + { new: (.kill | not), over: true }
		else .new = false end;
		select(.new))];

def judge($sample):
	.kill as $kill
	| .mark[2] as $cgroup
	| (.mark[3] | tonumber) as $limit
	| (if $limit > 0 then $limit
	   else $sample.memory.total + $sample.memory.swap_total end) as $total
	| ([$sample | forecast($cgroup; $limit)[]] // []) as $ranking
	| ($ranking[0] // { pid: 0, name: "none", points: 0 }) as $first
	| ($ranking[1] // { pid: 0, name: "none", points: 0 }) as $second
	| { episode: .mark[1], cgroup: $kill.cgroup,
	    age: ((.time - $sample.t) * 1000 | round),
	    victim: "\($kill.pid)(\($kill.name))",
	    forecast: "\($first.pid)(\($first.name))",
	    right: ($first.pid == $kill.pid),
	    gap: ($first.points - $second.points),
	    moved: ([$first.pid, $second.pid
		| . as $pid | $sample | moved($kill; $pid)] | add),
	    seen: any($sample.processes[]; .pid == $kill.pid),
	    placed: any($ranking[]; .pid == $kill.pid),
	    rest: ([$kill.tasks[] | select(.name | startswith("rest"))
		    | .pid as $pid | $sample | moved($kill; $pid)]
		    | max // 0),
	    order: ([$kill.tasks[] | select(.adj != -1000 and .pid != 1)
		     | { pid, points: points($total) }]
		    | max_by(.points).pid == $kill.pid) }
	| .class = (if .cgroup != $cgroup then "elsewhere"
		    elif .age > 1000 then "old"
		    elif .seen | not then "newcomer"
		    elif .placed | not then "unplaced"
		    elif .gap <= .moved then "close"
		    else "decisive" end);

def slim:
	(.time | seconds) as $t
	| { t: $t, complete: ($t + .memtop.sample_time / 1e9), oom,
	  memory: (.memory | { total, swap_total }),
	  processes: [.processes[] | { pid, comm, cgroup, rss, swap,
		page_tables, oom_score, oom_score_adj }] };

[inputs | slim] as $samples
| episodes[]
| if .kill then
	.time as $time
	| judge([$samples[] | select(.complete <= $time)] | last)
  else { episode: .mark[1], class: "no kill" } end
