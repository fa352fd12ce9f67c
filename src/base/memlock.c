/* SPDX-License-Identifier: MIT
 *
 * mlockall, on fault: pages are locked as they are used, so that what is
 * only mapped costs nothing, nor does what only starting has used.  Without
 * the right to lock it stays out of the way: a small limit would make later
 * allocations fail.
 */
#include "memtop/memlock.h"

#include <errno.h>
#include <link.h>
#include <linux/capability.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "memtop/privilege.h"

/* What is there, and whatever is used later. */
#define LOCKED (MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)

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

/* Code that was changed while it was linked (never on 64 bits) would be as it
 * is in the file again. */
static bool has_changed_code(const struct dl_phdr_info *object)
{
	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &object->dlpi_phdr[i];
		const ElfW(Dyn) * entry;

		if (header->p_type != PT_DYNAMIC)
			continue;
		entry = (const ElfW(Dyn) *)(object->dlpi_addr +
					    header->p_vaddr);
		for (; entry->d_tag != DT_NULL; entry++)
			if (entry->d_tag == DT_TEXTREL ||
			    (entry->d_tag == DT_FLAGS &&
			     entry->d_un.d_val & DF_TEXTREL))
				return true;
	}
	return false;
}

static int give_back(struct dl_phdr_info *object, size_t size, void *context)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)context;
	/* the kernel's own is no file */
	if (object->dlpi_addr == getauxval(AT_SYSINFO_EHDR) ||
	    has_changed_code(object))
		return 0;
	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &object->dlpi_phdr[i];
		uintptr_t from = object->dlpi_addr + header->p_vaddr;
		uintptr_t to = (from + header->p_filesz) & ~(page - 1);

		from = (from + page - 1) & ~(page - 1);
		if (header->p_type == PT_LOAD && !(header->p_flags & PF_W) &&
		    from < to)
			madvise((void *)from, to - from, MADV_DONTNEED);
	}
	return 0;
}

/*
 * Linking has read the tables of twenty libraries, most of which are there
 * for others and never called.  What cannot be written stands in files: it
 * goes, and what is used comes back, with a fault each.  (A debugger's
 * breakpoints set before this go with it.)
 */
static void forget_linking(void)
{
	dl_iterate_phdr(give_back, NULL);
}

static atomic_bool is_wanted; /* to be locked, all of it, by us */

int memlock(void)
{
	struct rlimit limit;
	/* each later allocation is checked against the effective set, which
	 * only root keeps */
	bool capable = getuid() == 0 && privilege_has(CAP_IPC_LOCK);

	share_arenas();
	forget_linking();
	if (!capable && (getrlimit(RLIMIT_MEMLOCK, &limit) < 0 ||
			 limit.rlim_cur != RLIM_INFINITY))
		return -EPERM;
	if (mlockall(LOCKED) < 0)
		return -errno;
	is_wanted = true;
	return 0;
}

void memlock_trim(void)
{
#ifdef __GLIBC__
	bool lock = is_wanted;

	/* pages of which the heap needs nothing stay as long as they are
	 * locked */
	if (lock)
		munlockall();
	malloc_trim(0);
	/* where that fails once, the next time does it */
	if (lock)
		mlockall(LOCKED);
#endif
}
