/* SPDX-License-Identifier: MIT
 *
 * mlockall, on fault: pages are locked as they are used, so that what is
 * only mapped costs nothing.  Without the right to lock it stays out of the
 * way: a small limit would make later allocations fail.
 */
#include "memtop/memlock.h"

#include <errno.h>
#include <linux/capability.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "memtop/privilege.h"

/*
 * glibc would give each thread an arena of its own, and a locked page that is
 * free stays resident: so one thread's is for another to use.  The main
 * thread, which draws, keeps one for itself, or nearly.
 */
static void share_arenas(void)
{
#ifdef M_ARENA_MAX
	mallopt(M_ARENA_MAX, 2);
#endif
}

int memlock(void)
{
	struct rlimit limit;
	/* each later allocation is checked against the effective set, which
	 * only root keeps */
	bool capable = getuid() == 0 && privilege_has(CAP_IPC_LOCK);

	share_arenas();
	if (!capable && (getrlimit(RLIMIT_MEMLOCK, &limit) < 0 ||
			 limit.rlim_cur != RLIM_INFINITY))
		return -EPERM;
	if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) < 0)
		return -errno;
	return 0;
}
