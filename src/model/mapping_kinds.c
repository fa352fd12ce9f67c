/* SPDX-License-Identifier: MIT
 *
 * Of what kind each mapping of a process is.  Its name decides where it has
 * one; memory without a name is told by what stands beside it: the layout of
 * glibc's arenas, of stacks with a guard below, of Go's and Java's heaps.
 */
#include <string.h>

#include "memtop/base.h"
#include "memtop/mapping.h"
#include "memtop/text.h"

/* glibc: HEAP_MAX_SIZE on 64 bits; an arena is aligned to it, readable as far
 * as it has grown and reserved up to its end. */
#define ARENA_SIZE (64 * MIB)
/* Go puts its arenas there, one after another (runtime/malloc.go). */
#define GO_FIRST UINT64_C(0xc000000000)
#define GO_END	 UINT64_C(0xd000000000)
/* Java keeps short pointers while the heap ends below 32 GiB; the heap of C is
 * there too where a program is not position-independent. */
#define JAVA_LOW     (2 * GIB)
#define JAVA_LOW_END (32 * GIB)
#define JAVA_MIN     (8 * MIB)
/* Guards are a page or some; a stack below 16 KiB can not run C code. */
#define GUARD_MAX MIB
#define STACK_MIN (16 * KIB)
#define STACK_MAX GIB

/* Names by their beginning, the first that fits. */
static const struct {
	const char *prefix;
	enum mapping_kind kind;
} names[] = {
	/* clang-format off */
	{ "[heap]",			MAPPING_HEAP },
	{ "[stack]",			MAPPING_STACK },
	{ "[stack:",			MAPPING_THREAD_STACK },
	{ "[anon:glibc: malloc arena",	MAPPING_ARENA },
	{ "[anon: glibc: malloc arena",	MAPPING_ARENA },
	{ "[anon:glibc: malloc",	MAPPING_MALLOC },
	{ "[anon: glibc: malloc",	MAPPING_MALLOC },
	{ "[anon:glibc: loader malloc",	MAPPING_MALLOC },
	{ "[anon: glibc: loader malloc", MAPPING_MALLOC },
	{ "[anon:glibc: pthread",	MAPPING_THREAD_STACK },
	{ "[anon: glibc: pthread",	MAPPING_THREAD_STACK },
	{ "[anon:stack_and_tls:",	MAPPING_THREAD_STACK },
	{ "[anon:Go: heap",		MAPPING_GO },
	{ "[anon: Go: heap",		MAPPING_GO },
	{ "[anon:jemalloc",		MAPPING_MALLOC },
	{ "[anon:tcmalloc",		MAPPING_MALLOC },
	{ "[anon:mimalloc",		MAPPING_MALLOC },
	{ "[anon:scudo:",		MAPPING_MALLOC },
	{ "[anon:libc_malloc",		MAPPING_MALLOC },
	{ "[anon:",			MAPPING_NAMED },
	{ "[anon_shmem:",		MAPPING_SHARED_ANON },
	{ "[v",				MAPPING_KERNEL },
	{ "[uprobes]",			MAPPING_KERNEL },
	{ "/dev/zero",			MAPPING_SHARED_ANON },
	{ "/memfd:java_heap",		MAPPING_JAVA_HEAP },
	{ "/memfd:",			MAPPING_MEMFD },
	{ "/SYSV",			MAPPING_SYSV },
	{ "/anon_hugepage",		MAPPING_HUGETLB },
	{ "/dev/shm/",			MAPPING_POSIX_SHM },
	{ "/dev/dri/",			MAPPING_GPU },
	{ "/dev/nvidia",		MAPPING_GPU },
	{ "/dev/kfd",			MAPPING_GPU },
	{ "/dev/kgsl",			MAPPING_GPU },
	{ "/dev/mali",			MAPPING_GPU },
	{ "/dmabuf:",			MAPPING_GPU },
	{ "/i915 (deleted)",		MAPPING_GPU },
	{ "/drm mm object",		MAPPING_GPU },
	{ "/dev/",			MAPPING_DEVICE },
	{ "anon_inode:",		MAPPING_DEVICE },
	{ "[all that follow]",		MAPPING_REST },
	/* clang-format on */
};

/* Memory of its own without any name. */
static bool is_plain(const struct mapping *m)
{
	return !text_len(m->path) && m->perms[3] == 'p';
}

static bool is_reserved(const struct mapping *m)
{
	return is_plain(m) && !strcmp(m->perms, "---p");
}

static bool is_writable(const struct mapping *m)
{
	return is_plain(m) && !strcmp(m->perms, "rw-p");
}

static enum mapping_kind kind_by_name(const struct mapping *m)
{
	const char *path = text_str(m->path);

	/* /dev/zero mapped privately is memory like any other */
	if (m->perms[3] == 'p' && !strcmp(path, "/dev/zero"))
		return MAPPING_ANON;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strncmp(path, names[i].prefix, strlen(names[i].prefix)))
			return names[i].kind;
	if (m->perms[2] == 'x')
		return MAPPING_CODE;
	return m->perms[3] == 's' ? MAPPING_FILE_SHARED : MAPPING_FILE_PRIVATE;
}

static enum mapping_kind kind_of_one(const struct mapping *m)
{
	if (mapping_has_flag(m, "ht"))
		return MAPPING_HUGETLB;
	if (text_len(m->path))
		return kind_by_name(m);
	if (m->perms[3] == 's')
		return MAPPING_SHARED_ANON;
	if (m->perms[2] == 'x')
		return MAPPING_JIT;
	if (is_reserved(m))
		return MAPPING_RESERVED;
	if (is_writable(m) && m->start >= GO_FIRST && m->start < GO_END)
		return MAPPING_GO;
	return MAPPING_ANON;
}

/* What belongs to a file of which another part is code: the parts of a file
 * follow each other, with at most memory of no name between them. */
static void mark_data(struct mapping *mappings, size_t count)
{
	const struct text *code = NULL;

	for (size_t i = 0; i < count; i++) {
		struct mapping *m = &mappings[i];

		if (m->kind == MAPPING_CODE) {
			code = m->path;
			for (size_t j = i; j-- > 0;) {
				if (mappings[j].kind != MAPPING_FILE_PRIVATE ||
				    !text_equal(mappings[j].path, code))
					break;
				mappings[j].kind = MAPPING_DATA;
			}
		} else if (m->kind == MAPPING_FILE_PRIVATE && code &&
			   text_equal(m->path, code)) {
			m->kind = MAPPING_DATA;
		} else if (text_len(m->path)) {
			code = NULL;
		}
	}
}

/* Behind the mappings from i on that follow each other without a gap and of
 * which nothing else is known; resident is what they have in RAM and on swap.
 */
static size_t end_of_run(const struct mapping *mappings, size_t count, size_t i,
			 uint64_t *ret_resident)
{
	uint64_t resident = 0;
	size_t j = i;

	for (; j < count &&
	       (mappings[j].kind == MAPPING_ANON ||
		mappings[j].kind == MAPPING_RESERVED) &&
	       (j == i || mappings[j].start == mappings[j - 1].end);
	     j++) {
		if (mappings[j].rss != UNKNOWN)
			resident += mappings[j].rss;
		if (mappings[j].swap != UNKNOWN)
			resident += mappings[j].swap;
	}
	*ret_resident = resident;
	return j;
}

static bool has_file(const struct mapping *mappings, size_t count,
		     const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (mappings[i].kind == MAPPING_CODE &&
		    strstr(text_str(mappings[i].path), name))
			return true;
	return false;
}

static void mark(struct mapping *mappings, size_t from, size_t end,
		 enum mapping_kind kind)
{
	for (size_t i = from; i < end; i++)
		mappings[i].kind = (uint8_t)kind;
}

/* The reserved rest behind what Go uses. */
static void mark_go(struct mapping *mappings, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (is_reserved(&mappings[i]) &&
		    mappings[i - 1].kind == MAPPING_GO &&
		    mappings[i - 1].end == mappings[i].start &&
		    mappings[i].start < GO_END)
			mappings[i].kind = MAPPING_GO;
}

/*
 * Below 32 GiB nothing else is put; a larger heap, or one without short
 * pointers, is the run that has most in RAM: looks like it, no more.
 */
static void mark_java(struct mapping *mappings, size_t count)
{
	size_t best = 0, best_end = 0;
	uint64_t most = 0, resident;

	if (!has_file(mappings, count, "/libjvm.so"))
		return;
	for (size_t i = 0, end; i < count; i = end) {
		const struct mapping *m = &mappings[i];

		end = end_of_run(mappings, count, i, &resident);
		if (end == i) {
			end++;
			continue;
		}
		if (mappings[end - 1].end - m->start < JAVA_MIN)
			continue;
		if (m->start >= JAVA_LOW && m->start < JAVA_LOW_END) {
			mark(mappings, i, end, MAPPING_JAVA_HEAP);
			return;
		}
		if (resident > most) {
			most = resident;
			best = i;
			best_end = end;
		}
	}
	mark(mappings, best, best_end, MAPPING_JAVA_HEAP);
}

/*
 * 7f1f8a000000-7f1f8b234000 rw-p
 * 7f1f8b234000-7f1f8e000000 ---p
 *
 * Full ones have no second part and become one mapping with what follows.
 */
static void mark_arenas(struct mapping *mappings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct mapping *m = &mappings[i];
		const struct mapping *next = i + 1 < count ? m + 1 : NULL;

		if (!is_writable(m) || m->kind != MAPPING_ANON ||
		    m->start % ARENA_SIZE)
			continue;
		if (next && is_reserved(next) && next->start == m->end &&
		    next->end % ARENA_SIZE == 0 &&
		    next->end - next->start < ARENA_SIZE)
			mark(mappings, i, i + 2, MAPPING_ARENA);
	}
}

/*
 * 7f27d7fff000-7f27d8000000 ---p
 * 7f27d8000000-7f27d8800000 rw-p
 */
static void mark_stacks(struct mapping *mappings, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++) {
		const struct mapping *guard = &mappings[i], *m = guard + 1;
		uint64_t size = m->end - m->start;

		if (guard->kind == MAPPING_RESERVED &&
		    guard->end - guard->start <= GUARD_MAX &&
		    m->start == guard->end && m->kind == MAPPING_ANON &&
		    is_writable(m) && size >= STACK_MIN && size <= STACK_MAX)
			mark(mappings, i, i + 2, MAPPING_THREAD_STACK);
	}
}

void mapping_classify(struct mapping *mappings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		mappings[i].kind = (uint8_t)kind_of_one(&mappings[i]);
	mark_data(mappings, count);
	mark_go(mappings, count);
	mark_arenas(mappings, count);
	mark_stacks(mappings, count);
	mark_java(mappings, count);
}
