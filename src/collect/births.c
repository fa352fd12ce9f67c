/* SPDX-License-Identifier: MIT
 *
 * Listing /proc costs a microsecond for each process, and on a machine that
 * rests nobody has come.  The kernel says which pid it gave out last; when
 * that is the same, there is nobody new.  Knows nothing of processes.
 *
 * A process gets its pid a moment before /proc shows it, so the pid must have
 * been the same for a while when the listing was made.  One that is restored
 * with a pid of its choice isn't counted: it is found a little later.
 */
#include "births.h"

#include <stdlib.h>
#include <unistd.h>

#include "memtop/base.h"
#include "scan.h"

#define SETTLED_NS    (NS_PER_S / 2)
#define LIST_EVERY_NS (10 * NS_PER_S)

/* 0.42 1.30 1.28 2/912 41213 */
static bool last_pid(struct tree *tree, uint64_t *ret)
{
	const char *s = tree->buf, *end;

	if (kernfile_read(tree->proc, "loadavg", tree->buf, tree->size) <= 0)
		return false;
	for (int i = 0; i < 4; i++)
		s = scan_blanks(scan_word(s));
	return parse_u64(s, &end, ret);
}

void births_init(struct births *births, const struct tree *tree)
{
	char self[16] = "";

	*births = (struct births){ 0 };
	/* /proc may be that of another pid namespace, loadavg is of ours */
	births->known =
		readlinkat(tree->proc, "self", self, sizeof(self) - 1) > 0 &&
		atoi(self) == (int)getpid();
}

bool births_possible(struct births *births, struct tree *tree, uint64_t now_ns)
{
	uint64_t pid;

	if (!births->known || !last_pid(tree, &pid))
		return true;
	if (!births->same_since_ns || pid != births->pid) {
		births->pid = pid;
		births->same_since_ns = now_ns;
	}
	if (births->listed_ns >= births->same_since_ns + SETTLED_NS &&
	    now_ns < births->listed_ns + LIST_EVERY_NS)
		return false;
	births->listed_ns = now_ns;
	return true;
}

void births_unlisted(struct births *births)
{
	births->listed_ns = 0;
}
