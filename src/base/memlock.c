/* SPDX-License-Identifier: MIT
 *
 * mlockall, on fault: pages are locked as they are used, so that what is
 * only mapped costs nothing, nor does what only starting has used.  Without
 * the right to lock it stays out of the way: a small limit would make later
 * allocations fail.
 */
#include "memtop/memlock.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/capability.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "memtop/base.h"
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

/* Bits of /proc/self/pagemap, which has 64 for each page. */
#define PAGE_PRESENT (UINT64_C(1) << 63)
#define PAGE_SWAPPED (UINT64_C(1) << 62)
#define PAGE_OF_FILE (UINT64_C(1) << 61)

/* Its bytes stand nowhere else: code that was changed while it was linked or
 * later, or what a packer or large pages have put in place of the file. */
static bool is_own(uint64_t page)
{
	return page & (PAGE_PRESENT | PAGE_SWAPPED) && !(page & PAGE_OF_FILE);
}

/* Where nobody says which pages those are, all stay. */
static void give_back_pages(int pagemap, uintptr_t from, uintptr_t to)
{
	const uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
	uint64_t pages[256];

	while (from < to) {
		size_t wanted = (to - from) / size, end;
		ssize_t n;

		if (wanted > ARRAY_SIZE(pages))
			wanted = ARRAY_SIZE(pages);
		n = pread(pagemap, pages, wanted * sizeof(*pages),
			  (off_t)(from / size * sizeof(*pages)));
		if (n < (ssize_t)sizeof(*pages))
			return;
		for (size_t i = 0; i < (size_t)n / sizeof(*pages); i = end) {
			bool own = is_own(pages[i]);

			end = i + 1;
			while (end < (size_t)n / sizeof(*pages) &&
			       is_own(pages[end]) == own)
				end++;
			if (!own)
				madvise((void *)(from + i * size),
					(end - i) * size, MADV_DONTNEED);
		}
		from += (size_t)n / sizeof(*pages) * size;
	}
}

static int give_back(struct dl_phdr_info *object, size_t size, void *pagemap)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	/* the kernel's own is no file */
	if (object->dlpi_addr == getauxval(AT_SYSINFO_EHDR))
		return 0;
	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &object->dlpi_phdr[i];
		uintptr_t from = object->dlpi_addr + header->p_vaddr;
		uintptr_t to = (from + header->p_filesz) & ~(page - 1);

		from = (from + page - 1) & ~(page - 1);
		if (header->p_type == PT_LOAD && !(header->p_flags & PF_W))
			give_back_pages(*(int *)pagemap, from, to);
	}
	return 0;
}

/*
 * Linking has read the tables of twenty libraries, most of which are there
 * for others and never called.  What cannot be written and is as it stands in
 * its file goes, and what is used comes back, with a fault each.  (With file
 * capabilities the page map is root's alone: then nothing goes.)
 */
static void forget_linking(void)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (pagemap < 0)
		return;
	dl_iterate_phdr(give_back, &pagemap);
	close(pagemap);
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
