/* SPDX-License-Identifier: MIT
 *
 * Who hands out the memory of a process: the allocators and runtimes that its
 * mappings give away, each with what says so.  A library that is mapped is a
 * fact; what is linked into the program itself shows only by its habits, and
 * is marked as likely.
 */
#include <stdio.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/mapping.h"
#include "memtop/text.h"

/* mimalloc asks for addresses from 2 to 30 TiB, where the kernel puts nothing
 * by itself (src/os.c, MI_HINT_BASE). */
#define MIMALLOC_FIRST (UINT64_C(2) << 40)
#define MIMALLOC_END   (UINT64_C(30) << 40)
#define MIMALLOC_MAX   (64 * GIB) /* shadow memory of sanitizers is larger */

enum library {
	LIBRARY_GLIBC,
	LIBRARY_MUSL,
	LIBRARY_BIONIC,
	LIBRARY_JEMALLOC,
	LIBRARY_TCMALLOC,
	LIBRARY_MIMALLOC,
	LIBRARY_JVM,
	LIBRARY_V8,
	LIBRARY_ASAN,
	LIBRARY_COUNT
};

/* File names by their beginning. */
static const struct {
	const char *prefix;
	enum library library;
} files[] = {
	/* clang-format off */
	{ "libc.so.6",		LIBRARY_GLIBC },
	{ "libc-2.",		LIBRARY_GLIBC },
	{ "ld-musl-",		LIBRARY_MUSL },
	{ "libc.musl-",		LIBRARY_MUSL },
	{ "linker64",		LIBRARY_BIONIC },
	{ "libjemalloc",	LIBRARY_JEMALLOC },
	{ "libtcmalloc",	LIBRARY_TCMALLOC },
	{ "libmimalloc",	LIBRARY_MIMALLOC },
	{ "libjvm.so",		LIBRARY_JVM },
	{ "libnode.so",		LIBRARY_V8 },
	{ "libv8.so",		LIBRARY_V8 },
	{ "libasan.so",		LIBRARY_ASAN },
	{ "libclang_rt.asan",	LIBRARY_ASAN },
	/* clang-format on */
};

/* What one kind has, or what has names with one beginning. */
struct share {
	uint64_t count, size, resident;
	const struct mapping *first;
};

struct survey {
	const struct mapping *library[LIBRARY_COUNT]; /* its code */
	struct share kinds[MAPPING_KIND_COUNT];
	struct share jemalloc, tcmalloc, mimalloc, scudo, mimalloc_place;
	struct allocator *list, spare; /* spare: for what finds no place */
	size_t count;
};

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void look_at_file(struct survey *s, const struct mapping *m)
{
	const char *name = file_name(text_str(m->path));

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (!strncmp(name, files[i].prefix, strlen(files[i].prefix)))
			s->library[files[i].library] = m;
}

/* Parts that follow each other count once: what is used and what is reserved
 * of an arena, a stack and its guard. */
static void share_add(struct share *share, const struct mapping *m,
		      const struct mapping *before)
{
	if (!share->count)
		share->first = m;
	if (!(before && before->kind == m->kind && before->end == m->start &&
	      !strcmp(m->perms, "---p")))
		share->count++;
	share->size += m->end - m->start;
	share->resident += (m->rss == UNKNOWN ? 0 : m->rss) +
			   (m->swap == UNKNOWN ? 0 : m->swap);
}

static void look_at_name(struct survey *s, const struct mapping *m)
{
	const struct {
		const char *prefix;
		struct share *share;
	} named[] = {
		{ "[anon:jemalloc", &s->jemalloc },
		{ "[anon:tcmalloc", &s->tcmalloc },
		{ "[anon:mimalloc", &s->mimalloc },
		{ "[anon:scudo:", &s->scudo },
	};
	const char *path = text_str(m->path);

	for (size_t i = 0; i < ARRAY_SIZE(named); i++)
		if (!strncmp(path, named[i].prefix, strlen(named[i].prefix)))
			share_add(named[i].share, m, NULL);
}

static void look(struct survey *s, const struct mapping *mappings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct mapping *m = &mappings[i];
		const struct mapping *before = i ? m - 1 : NULL;

		/* a guard stands in front of its stack */
		if (m->kind == MAPPING_THREAD_STACK &&
		    !strcmp(m->perms, "---p"))
			continue;
		share_add(&s->kinds[m->kind], m, before);
		if (m->kind == MAPPING_CODE)
			look_at_file(s, m);
		else if (m->kind == MAPPING_MALLOC)
			look_at_name(s, m);
		else if (m->kind == MAPPING_ANON &&
			 m->start >= MIMALLOC_FIRST && m->end <= MIMALLOC_END &&
			 m->end - m->start < MIMALLOC_MAX)
			share_add(&s->mimalloc_place, m, NULL);
	}
}

static struct allocator *add(struct survey *s, const char *name)
{
	struct allocator *a;

	if (s->count == ALLOCATORS_MAX)
		return &s->spare;
	a = &s->list[s->count++];
	*a = (struct allocator){ .name = name,
				 .size = UNKNOWN,
				 .resident = UNKNOWN };
	return a;
}

static void set_share(struct allocator *a, const struct share *share)
{
	a->size = share->size;
	a->resident = share->resident;
}

static void set_file(struct allocator *a, const struct mapping *m)
{
	snprintf(a->basis, sizeof(a->basis), "%.40s is mapped",
		 file_name(text_str(m->path)));
}

/* One that is a library, or says its name in the names of its memory. */
static bool add_library(struct survey *s, const char *name,
			enum library library, const struct share *named)
{
	struct allocator *a;

	if (!named->count && !s->library[library])
		return false;
	a = add(s, name);
	if (s->library[library])
		set_file(a, s->library[library]);
	else
		snprintf(a->basis, sizeof(a->basis), "names in its memory");
	if (named->count)
		set_share(a, named);
	return true;
}

static void add_mimalloc(struct survey *s)
{
	struct allocator *a;

	if (add_library(s, "mimalloc", LIBRARY_MIMALLOC, &s->mimalloc)) {
		if (s->mimalloc_place.count && !s->mimalloc.count)
			set_share(&s->list[s->count - 1], &s->mimalloc_place);
	} else if (s->mimalloc_place.count && !s->library[LIBRARY_ASAN]) {
		a = add(s, "mimalloc");
		a->likely = true;
		snprintf(a->basis, sizeof(a->basis),
			 "memory at its addresses, 2 to 30 TiB");
		set_share(a, &s->mimalloc_place);
	}
}

/* The heap and the arenas are glibc's; with another allocator before it, it
 * may have some all the same. */
static void add_glibc(struct survey *s)
{
	const struct share *arenas = &s->kinds[MAPPING_ARENA];
	const struct share *heap = &s->kinds[MAPPING_HEAP];
	struct allocator *a;

	if (!s->library[LIBRARY_GLIBC] &&
	    (!arenas->count || s->library[LIBRARY_MUSL]))
		return;
	a = add(s, "glibc malloc");
	a->likely = !s->library[LIBRARY_GLIBC];
	if (a->likely)
		snprintf(a->basis, sizeof(a->basis),
			 "64 MiB pieces as its arenas have");
	else
		set_file(a, s->library[LIBRARY_GLIBC]);
	a->unit = "arenas";
	a->count = arenas->count;
	a->size = arenas->size + heap->size;
	a->resident = arenas->resident + heap->resident;
}

static void add_kind(struct survey *s, const char *name, enum mapping_kind kind,
		     bool likely, const char *unit, const char *basis)
{
	const struct share *share = &s->kinds[kind];
	struct allocator *a;

	if (!share->count)
		return;
	a = add(s, name);
	a->likely = likely && !text_len(share->first->path);
	snprintf(a->basis, sizeof(a->basis), "%s",
		 a->likely || !text_len(share->first->path)
			 ? basis
			 : "names in its memory");
	a->unit = unit;
	a->count = share->count;
	set_share(a, share);
}

static void add_runtimes(struct survey *s)
{
	struct allocator *a;

	if (s->library[LIBRARY_JVM]) {
		if (s->kinds[MAPPING_JAVA_HEAP].count) {
			add_kind(s, "Java heap", MAPPING_JAVA_HEAP, true, NULL,
				 "libjvm.so; most of its unnamed memory");
		} else {
			a = add(s, "Java");
			set_file(a, s->library[LIBRARY_JVM]);
		}
	}
	add_kind(s, "Go runtime", MAPPING_GO, true, NULL,
		 "memory at its addresses, 0xc000000000");
	if (s->library[LIBRARY_V8]) {
		a = add(s, "V8 (JavaScript)");
		set_file(a, s->library[LIBRARY_V8]);
	}
}

size_t allocators_find(const struct mapping *mappings, size_t count,
		       struct allocator ret[ALLOCATORS_MAX])
{
	struct survey s = { .list = ret };
	static const struct share none;

	look(&s, mappings, count);
	add_library(&s, "jemalloc", LIBRARY_JEMALLOC, &s.jemalloc);
	add_library(&s, "tcmalloc", LIBRARY_TCMALLOC, &s.tcmalloc);
	add_mimalloc(&s);
	add_library(&s, "scudo (Android)", LIBRARY_BIONIC, &s.scudo);
	add_glibc(&s);
	add_library(&s, "musl malloc", LIBRARY_MUSL, &none);
	add_runtimes(&s);
	add_kind(&s, "thread stacks", MAPPING_THREAD_STACK, true, "stacks",
		 "memory with a guard below it");
	return s.count;
}
