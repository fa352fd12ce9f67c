/* SPDX-License-Identifier: MIT
 *
 * How a mapping is called: the names of kinds, and the kernel's flags in
 * words.  Apart from telling the kinds, which looks at all mappings of a
 * process together.
 */
#include "memtop/mapping.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/text.h"

/* clang-format off */
static const char *const kind_names[] = {
	[MAPPING_ANON]		= "anonymous (mmap)",
	[MAPPING_NAMED]		= "anonymous, named",
	[MAPPING_HEAP]		= "[heap]",
	[MAPPING_MALLOC]	= "allocator's memory",
	[MAPPING_ARENA]		= "malloc arenas (glibc)",
	[MAPPING_JAVA_HEAP]	= "Java heap",
	[MAPPING_GO]		= "Go heap",
	[MAPPING_JIT]		= "generated code (JIT)",
	[MAPPING_STACK]		= "[stack]",
	[MAPPING_THREAD_STACK]	= "thread stacks",
	[MAPPING_RESERVED]	= "reserved, no access",
	[MAPPING_CODE]		= "code of programs",
	[MAPPING_DATA]		= "data of programs",
	[MAPPING_FILE_PRIVATE]	= "files, private",
	[MAPPING_FILE_SHARED]	= "files, shared",
	[MAPPING_SHARED_ANON]	= "shared anonymous",
	[MAPPING_MEMFD]		= "memfd",
	[MAPPING_SYSV]		= "SysV shared memory",
	[MAPPING_POSIX_SHM]	= "POSIX shared memory",
	[MAPPING_HUGETLB]	= "huge page pool",
	[MAPPING_GPU]		= "GPU",
	[MAPPING_DEVICE]	= "devices",
	[MAPPING_KERNEL]	= "[vdso] [vvar]",
	[MAPPING_REST]		= "[all that follow]",
};
static_assert(ARRAY_SIZE(kind_names) == MAPPING_KIND_COUNT,
	      "a name for every kind");

/* Documentation/filesystems/proc.rst; usual: says little, most have it. */
static const struct {
	char letters[3];
	bool usual;
	const char *words;
} flags_known[] = {
	{ "rd", true, "readable" },
	{ "wr", true, "writable" },
	{ "ex", true, "executable" },
	{ "sh", true, "shared" },
	{ "mr", true, "may read" },
	{ "mw", true, "may write" },
	{ "me", true, "may execute" },
	{ "ms", true, "may share" },
	{ "gd", false, "grows down" },
	{ "pf", false, "pages without memory of the kernel behind them" },
	{ "dw", false, "not writable by others" },
	{ "lo", false, "locked" },
	{ "io", false, "memory of a device" },
	{ "sr", false, "read in sequence" },
	{ "rr", false, "read at random" },
	{ "dc", false, "not copied by fork" },
	{ "de", false, "can not grow" },
	{ "ac", true, "counts as committed" },
	{ "nr", true, "no swap reserved" },
	{ "ht", false, "from a huge page pool" },
	{ "sf", false, "page faults wait for the file system" },
	{ "ar", false, "of this machine only" },
	{ "wf", false, "wiped by fork" },
	{ "dd", false, "not in core dumps" },
	{ "sd", true, "written pages are tracked" },
	{ "mm", false, "of several page kinds" },
	{ "hg", false, "huge pages advised" },
	{ "nh", false, "no huge pages" },
	{ "mg", false, "may be merged (KSM)" },
	{ "um", false, "userfaultfd sees missing pages" },
	{ "uw", false, "userfaultfd sees writes" },
	{ "ui", false, "userfaultfd sees minor faults" },
	{ "ss", false, "shadow stack" },
	{ "sl", false, "sealed" },
	{ "bt", false, "guarded branches" },
	{ "mt", false, "tagged memory" },
	{ "dp", false, "dropped when memory is short" },
	{ "gu", false, "guard pages inside" },
};
/* clang-format on */

const char *mapping_kind_name(enum mapping_kind kind)
{
	return kind < MAPPING_KIND_COUNT ? kind_names[kind] : "";
}

const char *mapping_label(const struct mapping *mapping)
{
	return text_len(mapping->path)
		       ? text_str(mapping->path)
		       : mapping_kind_name((enum mapping_kind)mapping->kind);
}

/* VmFlags: rd wr mr mw me ac sd */
static bool has_letters(const char *flags, const char *letters)
{
	for (; *flags; flags += strcspn(flags, " ")) {
		flags += strspn(flags, " ");
		if (flags[0] == letters[0] && flags[0] &&
		    flags[1] == letters[1] &&
		    (flags[2] == ' ' || flags[2] == '\0'))
			return true;
	}
	return false;
}

bool mapping_has_flag(const struct mapping *mapping, const char flag[3])
{
	return has_letters(text_str(mapping->flags), flag);
}

void mapping_flags_words(const char *flags, bool all, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(flags_known) && len < size; i++)
		if ((all || !flags_known[i].usual) &&
		    has_letters(flags, flags_known[i].letters))
			len += (size_t)snprintf(buf + len, size - len, ", %s",
						flags_known[i].words);
}
