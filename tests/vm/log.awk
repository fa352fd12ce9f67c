# SPDX-License-Identifier: MIT
#
# From what klog wrote to JSON, an object a line: the marks of the scenarios
#   {"mark":["episode","box:1",...],"time":...}
# and the OOM kills, with the kernel's own table of who could have been chosen:
#   {"kill":{"pid":1,"name":"x","cgroup":"/box" or "/","tasks":[...]},"time":...}
# of which a task has the pages that count (rss, page tables, swap) and adj.
# The first of a group that is killed as a whole was chosen; the rest follows it
# as {"also":pid,"time":...}.

function quoted(text)
{
	gsub(/[\\"]/, "\\\\&", text)
	return "\"" text "\""
}

/ memtop-vm: clock / { next }

/ memtop-vm: / {
	time = $1
	sub(/^.*memtop-vm: /, "")
	n = split($0, words, " ")
	line = ""
	for (i = 1; i <= n; i++)
		line = line (i > 1 ? "," : "") quoted(words[i])
	printf "{\"time\":%s,\"mark\":[%s]}\n", time, line
	next
}

# grower invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
/ invoked oom-killer: / {
	tasks = ""
	chosen = 0
}

# [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
# Later kernels say the parts of rss behind it.
/\[ +pid +\] +uid +tgid/ {
	for (i = 1; i <= NF; i++)
		column[$i] = i
	columns = NF
	# the brackets are two words or three
	shift = column["uid"]
	next
}

# [    125]     0   125     3920     3412    65536        0           300 rest4
/^[0-9.]+ \[ *[0-9]+\] +[0-9]+ +[0-9]+ / && columns {
	text = $0
	sub(/^[0-9.]+ \[ */, "", text)
	n = split(text, word, /[] ]+/)
	move = 2 - shift # word[1] is the pid, word[2] the uid
	pages = word[column["rss"] + move] + word[column["swapents"] + move]
	pages += int(word[column["pgtables_bytes"] + move] / 4096)
	task = sprintf("{\"pid\":%d,\"pages\":%d,\"adj\":%d,\"name\":%s}",
		word[1], pages, word[column["oom_score_adj"] + move],
		quoted(word[column["name"] + move]))
	tasks = tasks (tasks ? "," : "") task
	next
}

# oom-kill:constraint=CONSTRAINT_MEMCG,…,oom_memcg=/box,task_memcg=/box,task=x,pid=1,uid=0
/ oom-kill:constraint=/ {
	cgroup = "/"
	if (match($0, /oom_memcg=[^,]*/))
		cgroup = substr($0, RSTART + 10, RLENGTH - 10)
	match($0, /,task=.*,pid=/)
	name = substr($0, RSTART + 6, RLENGTH - 11)
	match($0, /,pid=[0-9]+/)
	chosen = substr($0, RSTART + 5, RLENGTH - 5)
	next
}

/ Killed process [0-9]+ / {
	time = $1
	match($0, /Killed process [0-9]+/)
	pid = substr($0, RSTART + 15, RLENGTH - 15)
	if (pid != chosen) {
		printf "{\"time\":%s,\"also\":%d}\n", time, pid
		next
	}
	printf "{\"time\":%s,\"kill\":{\"pid\":%d,\"name\":%s,\"cgroup\":%s,\"tasks\":[%s]}}\n",
		time, pid, quoted(name), quoted(cgroup), tasks
	chosen = 0
}
