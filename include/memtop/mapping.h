/* SPDX-License-Identifier: MIT
 *
 * The mappings of one process, each with its counters of /proc/PID/smaps, and
 * what follows from all of them together: of what kind each is, and which
 * allocators and runtimes hand out the memory.  Bytes throughout.
 */
#ifndef MEMTOP_MAPPING_H
#define MEMTOP_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/snapshot.h"

/* What a mapping is for; those from MAPPING_CODE on have something behind
 * them: a file, an object in memory, a device. */
enum mapping_kind {
	MAPPING_ANON,
	MAPPING_NAMED, /* its program gave it a name */
	MAPPING_HEAP,
	MAPPING_MALLOC, /* of an allocator that names its memory */
	MAPPING_ARENA,
	MAPPING_JAVA_HEAP,
	MAPPING_GO,
	MAPPING_JIT,
	MAPPING_STACK,
	MAPPING_THREAD_STACK,
	MAPPING_RESERVED,
	MAPPING_CODE,
	MAPPING_DATA,
	MAPPING_FILE_PRIVATE,
	MAPPING_FILE_SHARED,
	MAPPING_SHARED_ANON,
	MAPPING_MEMFD,
	MAPPING_SYSV,
	MAPPING_POSIX_SHM,
	MAPPING_HUGETLB,
	MAPPING_GPU,
	MAPPING_DEVICE,
	MAPPING_KERNEL,
	MAPPING_REST, /* the sum of those that were too many to list */
	MAPPING_KIND_COUNT
};

struct mapping {		  /* ENTITY_MAPPING */
	uint64_t start, end;	  /* addresses */
	char perms[5];		  /* "rw-p" */
	uint8_t kind;		  /* enum mapping_kind */
	const struct text *path;  /* untrusted; NULL: anonymous */
	const struct text *flags; /* VmFlags line */
	/* numa_maps: "default N0=1.2G N1=64K", pages in RAM by node; NULL: one
	 * node only, or not readable */
	const struct text *nodes;
	struct block block;
	uint64_t size, rss, pss, uss, swap, swap_pss, dirty, referenced;
	uint64_t anon, lazy_free, thp, shmem_thp, file_thp, locked, ksm;
	uint64_t private_hugetlb, shared_hugetlb, page_size;
	uint64_t thp_eligible; /* 1: may be in huge pages */
};

/* "anonymous (mmap)", "thread stacks" … */
const char *mapping_kind_name(enum mapping_kind kind);

/* What is mapped: the path, or for want of one the name of the kind. */
const char *mapping_label(const struct mapping *mapping);

/* Sets kind in all of them; by address, as the kernel lists them. */
void mapping_classify(struct mapping *mappings, size_t count);

/*
 * The flags of a VmFlags line in words: ", readable, may be merged (KSM)";
 * those that hardly any mapping lacks only with all.  "" when there is none.
 */
void mapping_flags_words(const char *flags, bool all, char *buf, size_t size);

/* Has the line that flag, such as "hg"? */
bool mapping_has_flag(const struct mapping *mapping, const char flag[3]);

/* Who hands out memory of the process, or has a share of it of its own. */
struct allocator {
	const char *name; /* "glibc malloc" */
	bool likely;	  /* no more than it looks like that */
	char basis[64];	  /* what says so; may hold untrusted bytes */
	const char *unit; /* what is counted, "arenas"; NULL: nothing is */
	uint64_t count;
	uint64_t size, resident; /* of what it could be told to have; resident
				    on swap too; UNKNOWN: nothing could */
};

#define ALLOCATORS_MAX 8
/* From mappings that were classified; returns how many. */
size_t allocators_find(const struct mapping *mappings, size_t count,
		       struct allocator ret[ALLOCATORS_MAX]);

#endif
