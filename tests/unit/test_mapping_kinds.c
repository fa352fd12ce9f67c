/* SPDX-License-Identifier: MIT
 *
 * Of what kind mappings are and who hands out the memory: layouts of real
 * allocators and runtimes, and for each what only looks like it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/mapping.h"
#include "memtop/text.h"

enum { LINES_MAX = 12 };

struct line {
	uint64_t start, size;
	const char *perms, *path, *flags;
	enum mapping_kind kind;
};

struct scene {
	struct mapping mappings[LINES_MAX];
	size_t count;
	struct allocator allocators[ALLOCATORS_MAX];
	size_t nallocators;
};

static const char libc[] = "/usr/lib/x86_64-linux-gnu/libc.so.6";
#define LIBC                                                          \
	{                                                             \
		0x7fff00000000, MIB, "r-xp", libc, NULL, MAPPING_CODE \
	}

/* Half of what can be written is in RAM. */
static void scene_make(struct scene *scene, const struct line *lines)
{
	*scene = (struct scene){ 0 };
	for (; lines->size; lines++) {
		struct mapping *m = &scene->mappings[scene->count++];

		assert_true(scene->count <= LINES_MAX);
		*m = (struct mapping){ .start = lines->start,
				       .end = lines->start + lines->size,
				       .size = lines->size };
		strcpy(m->perms, lines->perms);
		m->rss = lines->perms[1] == 'w' ? lines->size / 2 : 0;
		if (lines->path)
			m->path = text_new(lines->path, strlen(lines->path));
		if (lines->flags)
			m->flags = text_new(lines->flags, strlen(lines->flags));
	}
	mapping_classify(scene->mappings, scene->count);
	scene->nallocators = allocators_find(scene->mappings, scene->count,
					     scene->allocators);
}

static void scene_done(struct scene *scene)
{
	for (size_t i = 0; i < scene->count; i++) {
		text_unref(scene->mappings[i].path);
		text_unref(scene->mappings[i].flags);
	}
}

static const struct allocator *find(const struct scene *scene, const char *name)
{
	for (size_t i = 0; i < scene->nallocators; i++)
		if (!strcmp(scene->allocators[i].name, name))
			return &scene->allocators[i];
	return NULL;
}

static void check_kinds(struct scene *scene, const struct line *lines)
{
	scene_make(scene, lines);
	for (size_t i = 0; i < scene->count; i++)
		assert_string_equal(mapping_kind_name(scene->mappings[i].kind),
				    mapping_kind_name(lines[i].kind));
}

static void names_decide(void **state)
{
	static const struct {
		const char *perms, *path, *flags;
		enum mapping_kind kind;
	} cases[] = {
		{ "rw-p", NULL, NULL, MAPPING_ANON },
		{ "rw-s", NULL, NULL, MAPPING_SHARED_ANON },
		{ "rwxp", NULL, NULL, MAPPING_JIT },
		{ "---p", NULL, NULL, MAPPING_RESERVED },
		{ "rw-p", "[heap]", NULL, MAPPING_HEAP },
		{ "rw-p", "[stack]", NULL, MAPPING_STACK },
		{ "r--p", "[vvar]", NULL, MAPPING_KERNEL },
		{ "--xp", "[vsyscall]", NULL, MAPPING_KERNEL },
		{ "rw-s", "/dev/zero (deleted)", NULL, MAPPING_SHARED_ANON },
		{ "rw-p", "/dev/zero", NULL, MAPPING_ANON },
		{ "rw-s", "[anon_shmem:x]", NULL, MAPPING_SHARED_ANON },
		{ "rw-s", "/SYSV00000000 (deleted)", NULL, MAPPING_SYSV },
		{ "rw-s", "/SYSV00000000 (deleted)", "rd wr sh ht",
		  MAPPING_HUGETLB },
		{ "rw-s", "/dev/shm/x", NULL, MAPPING_POSIX_SHM },
		{ "rw-s", "/memfd:x (deleted)", NULL, MAPPING_MEMFD },
		{ "rw-s", "/memfd:java_heap (deleted)", NULL,
		  MAPPING_JAVA_HEAP },
		{ "rw-p", "/anon_hugepage (deleted)", "rd wr ht",
		  MAPPING_HUGETLB },
		{ "rw-p", "/dev/hugepages/x", "rd wr ht", MAPPING_HUGETLB },
		{ "rw-s", "/dev/dri/renderD128", NULL, MAPPING_GPU },
		{ "rw-s", "/dev/nvidia0", NULL, MAPPING_GPU },
		{ "rw-s", "/dmabuf:", NULL, MAPPING_GPU },
		{ "rw-s", "anon_inode:[io_uring]", NULL, MAPPING_DEVICE },
		{ "rw-s", "/dev/uio0", NULL, MAPPING_DEVICE },
		{ "rw-p", "[anon:cache of x]", NULL, MAPPING_NAMED },
		{ "rw-p", "[anon: Go: heap]", NULL, MAPPING_GO },
		{ "rw-p", "[anon:jemalloc_pg]", NULL, MAPPING_MALLOC },
		{ "rw-p", "[anon: glibc: malloc arena]", NULL, MAPPING_ARENA },
		{ "r-xp", "/usr/bin/x", NULL, MAPPING_CODE },
		{ "r--s", "/var/x.jar", NULL, MAPPING_FILE_SHARED },
		{ "r--p", "/usr/share/x", NULL, MAPPING_FILE_PRIVATE },
		/* a file that is only called like memory of the kernel */
		{ "rw-p", "/tmp/[heap]", NULL, MAPPING_FILE_PRIVATE },
		{ "rw-p", "/srv/memfd:x", NULL, MAPPING_FILE_PRIVATE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct line lines[] = {
			{ MIB, MIB, cases[i].perms, cases[i].path,
			  cases[i].flags, cases[i].kind },
			{ 0 },
		};
		struct scene scene;

		check_kinds(&scene, lines);
		scene_done(&scene);
	}
}

/* Data is what belongs to a file of which another part is code. */
static void data_of_programs(void **state)
{
	static const char x[] = "/usr/bin/x", y[] = "/usr/share/y";
	static const struct line lines[] = {
		{ 0x10000, 0x1000, "r--p", x, NULL, MAPPING_DATA },
		{ 0x11000, 0x1000, "r-xp", x, NULL, MAPPING_CODE },
		{ 0x12000, 0x1000, "rw-p", x, NULL, MAPPING_DATA },
		{ 0x13000, 0x1000, "rw-p", NULL, NULL, MAPPING_ANON },
		{ 0x14000, 0x1000, "rw-p", x, NULL, MAPPING_DATA },
		{ 0x20000, 0x1000, "r--p", y, NULL, MAPPING_FILE_PRIVATE },
		{ 0x30000, 0x1000, "r--p", x, NULL, MAPPING_FILE_PRIVATE },
		{ 0 },
	};
	struct scene scene;

	(void)state;
	check_kinds(&scene, lines);
	assert_int_equal(scene.nallocators, 0);
	scene_done(&scene);
}

static void glibc_arenas(void **state)
{
	static const struct line lines[] = {
		{ 0x55d5c8a00000, MIB, "rw-p", "[heap]", NULL, MAPPING_HEAP },
		{ 0x7f1f88000000, 2 * MIB, "rw-p", NULL, NULL, MAPPING_ARENA },
		{ 0x7f1f88200000, 62 * MIB, "---p", NULL, NULL, MAPPING_ARENA },
		{ 0x7f1f90000000, 64 * MIB - 4096, "rw-p", NULL, NULL,
		  MAPPING_ARENA },
		{ 0x7f1f93fff000, 4096, "---p", NULL, NULL, MAPPING_ARENA },
		LIBC,
		{ 0 },
	};
	const struct allocator *a;
	struct scene scene;

	(void)state;
	check_kinds(&scene, lines);
	a = find(&scene, "glibc malloc");
	assert_non_null(a);
	assert_false(a->likely);
	assert_int_equal(a->count, 2);
	assert_int_equal(a->size, 129 * MIB);
	assert_string_equal(a->basis, "libc.so.6 is mapped");
	scene_done(&scene);
}

/* No C library among the mappings: a guess. */
static void static_program_with_arenas(void **state)
{
	static const struct line lines[] = {
		{ 0x7f1f88000000, 2 * MIB, "rw-p", NULL, NULL, MAPPING_ARENA },
		{ 0x7f1f88200000, 62 * MIB, "---p", NULL, NULL, MAPPING_ARENA },
		{ 0 },
	};
	struct scene scene;

	(void)state;
	check_kinds(&scene, lines);
	assert_true(find(&scene, "glibc malloc")->likely);
	scene_done(&scene);
}

/* Not aligned, not up to the next boundary, with a gap, too long. */
static void no_arenas(void **state)
{
	static const struct line lines[] = {
		{ 0x7f1f88001000, 2 * MIB, "rw-p", NULL, NULL, MAPPING_ANON },
		{ 0x7f1f88201000, 62 * MIB - 4096, "---p", NULL, NULL,
		  MAPPING_RESERVED },
		{ 0x7f1f90000000, 2 * MIB, "rw-p", NULL, NULL, MAPPING_ANON },
		{ 0x7f1f90200000, 4 * MIB, "---p", NULL, NULL,
		  MAPPING_RESERVED },
		{ 0x7f1fa0000000, 2 * MIB, "rw-p", NULL, NULL, MAPPING_ANON },
		{ 0x7f1fa0300000, 61 * MIB, "---p", NULL, NULL,
		  MAPPING_RESERVED },
		{ 0x7f1fb0000000, 2 * MIB, "rw-p", NULL, NULL, MAPPING_ANON },
		{ 0x7f1fb0200000, 126 * MIB, "---p", NULL, NULL,
		  MAPPING_RESERVED },
		{ 0 },
	};
	struct scene scene;

	(void)state;
	check_kinds(&scene, lines);
	assert_int_equal(scene.nallocators, 0);
	scene_done(&scene);
}

static void stacks(void **state)
{
	static const struct line lines[] = {
		{ 0x7f27d7fff000, 4096, "---p", NULL, NULL,
		  MAPPING_THREAD_STACK },
		{ 0x7f27d8000000, 8 * MIB, "rw-p", NULL, NULL,
		  MAPPING_THREAD_STACK },
		{ 0x7f27d8800000, 4096, "---p", NULL, NULL,
		  MAPPING_THREAD_STACK },
		{ 0x7f27d8801000, 8 * MIB, "rw-p", NULL, NULL,
		  MAPPING_THREAD_STACK },
		/* a gap behind the guard; a guard of 2 MiB; read only */
		{ 0x7f2800000000, 4096, "---p", NULL, NULL, MAPPING_RESERVED },
		{ 0x7f2800002000, MIB, "rw-p", NULL, NULL, MAPPING_ANON },
		{ 0x7f2900000000, 2 * MIB, "---p", NULL, NULL,
		  MAPPING_RESERVED },
		{ 0x7f2900200000, MIB, "rw-p", NULL, NULL, MAPPING_ANON },
		{ 0x7f2a00000000, 4096, "---p", NULL, NULL, MAPPING_RESERVED },
		{ 0x7f2a00001000, MIB, "r--p", NULL, NULL, MAPPING_ANON },
		{ 0 },
	};
	const struct allocator *a;
	struct scene scene;

	(void)state;
	check_kinds(&scene, lines);
	a = find(&scene, "thread stacks");
	assert_non_null(a);
	assert_true(a->likely);
	assert_int_equal(a->count, 2);
	assert_int_equal(a->size, 16 * MIB);
	scene_done(&scene);
}

#define JVM                                                        \
	{                                                          \
		0x7f3000000000, 16 * MIB, "r-xp",                  \
			"/usr/lib/jvm/lib/server/libjvm.so", NULL, \
			MAPPING_CODE                               \
	}

static void java_below_32_gib(void **state)
{
	static const struct line lines[] = {
		{ 0x700000000, 300 * MIB, "rw-p", NULL, NULL,
		  MAPPING_JAVA_HEAP },
		{ 0x712c00000, 700 * MIB, "---p", NULL, NULL,
		  MAPPING_JAVA_HEAP },
		{ 0x7f2000000000, 900 * MIB, "rw-p", NULL, NULL, MAPPING_ANON },
		{ 0x7f2fe0000000, 2 * MIB, "rwxp", NULL, NULL, MAPPING_JIT },
		JVM,
		{ 0 },
	};
	const struct allocator *a;
	struct scene scene;

	(void)state;
	check_kinds(&scene, lines);
	a = find(&scene, "Java heap");
	assert_non_null(a);
	assert_true(a->likely);
	assert_int_equal(a->size, 1000 * MIB);
	assert_int_equal(a->resident, 150 * MIB);
	scene_done(&scene);
}

/* Among several the one with most in RAM, not the longest. */
static void java_above(void **state)
{
	static const struct line lines[] = {
		{ 0x7f1000000000, GIB, "---p", NULL, NULL, MAPPING_RESERVED },
		{ 0x7f2000000000, 80 * MIB, "rw-p", NULL, NULL,
		  MAPPING_JAVA_HEAP },
		{ 0x7f2005000000, 20 * MIB, "---p", NULL, NULL,
		  MAPPING_JAVA_HEAP },
		{ 0x7f2fe0000000, 20 * MIB, "rw-p", NULL, NULL, MAPPING_ANON },
		JVM,
		{ 0 },
	};
	struct scene scene;

	(void)state;
	check_kinds(&scene, lines);
	scene_done(&scene);
}

/* The same memory without Java. */
static void no_java(void **state)
{
	static const struct line lines[] = {
		{ 0x700000000, 300 * MIB, "rw-p", NULL, NULL, MAPPING_ANON },
		{ 0x712c00000, 700 * MIB, "---p", NULL, NULL,
		  MAPPING_RESERVED },
		LIBC,
		{ 0 },
	};
	struct scene scene;

	(void)state;
	check_kinds(&scene, lines);
	assert_null(find(&scene, "Java heap"));
	scene_done(&scene);
}

/* Its reserved rest ends at a multiple of 64 MiB too: no arena. */
static void go_heap(void **state)
{
	static const struct line lines[] = {
		{ 0x400000, MIB, "r-xp", "/usr/bin/dockerd", NULL,
		  MAPPING_CODE },
		{ 0xc000000000, 4 * MIB, "rw-p", NULL, NULL, MAPPING_GO },
		{ 0xc000400000, 60 * MIB, "---p", NULL, NULL, MAPPING_GO },
		{ 0xd000000000, 4 * MIB, "rw-p", NULL, NULL, MAPPING_ANON },
		{ 0 },
	};
	const struct allocator *a;
	struct scene scene;

	(void)state;
	check_kinds(&scene, lines);
	assert_null(find(&scene, "glibc malloc"));
	a = find(&scene, "Go runtime");
	assert_non_null(a);
	assert_int_equal(a->size, 64 * MIB);
	scene_done(&scene);
}

static void libraries(void **state)
{
	static const struct {
		const char *path, *name;
	} cases[] = {
		{ "/usr/lib/libjemalloc.so.2", "jemalloc" },
		{ "/usr/lib/libtcmalloc_minimal.so.4.5.9", "tcmalloc" },
		{ "/usr/local/lib/libmimalloc.so.2.1", "mimalloc" },
		{ "/lib/ld-musl-x86_64.so.1", "musl malloc" },
		{ "/lib/x86_64-linux-gnu/libc-2.31.so", "glibc malloc" },
		{ "/usr/lib/libnode.so.108", "V8 (JavaScript)" },
		{ "/usr/lib/libjemalloc-notes.txt", NULL },
		{ "/usr/lib/xlibjemalloc.so", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct line lines[] = {
			{ MIB, MIB, i == 6 ? "r--p" : "r-xp", cases[i].path,
			  NULL, MAPPING_CODE },
			{ 0 },
		};
		struct scene scene;

		scene_make(&scene, lines);
		assert_int_equal(scene.nallocators, cases[i].name ? 1 : 0);
		if (cases[i].name) {
			assert_non_null(find(&scene, cases[i].name));
			assert_false(scene.allocators[0].likely);
			assert_true(scene.allocators[0].resident == UNKNOWN ||
				    i == 4);
		}
		scene_done(&scene);
	}
}

static void names_win(void **state)
{
	static const struct line lines[] = {
		{ 0x7f1f88000000, 2 * MIB, "rw-p", "[anon:jemalloc_pg]", NULL,
		  MAPPING_MALLOC },
		{ 0x7f1f88200000, 62 * MIB, "---p", NULL, NULL,
		  MAPPING_RESERVED },
		{ 0 },
	};
	const struct allocator *a;
	struct scene scene;

	(void)state;
	check_kinds(&scene, lines);
	a = find(&scene, "jemalloc");
	assert_non_null(a);
	assert_false(a->likely);
	assert_int_equal(a->resident, MIB);
	assert_string_equal(a->basis, "names in its memory");
	scene_done(&scene);
}

static void mimalloc_by_its_addresses(void **state)
{
	static const struct line lines[] = {
		{ UINT64_C(3) << 40, GIB, "rw-p", NULL, NULL, MAPPING_ANON },
		LIBC,
		{ 0 },
	};
	static const struct line sanitized[] = {
		{ UINT64_C(3) << 40, GIB, "rw-p", NULL, NULL, MAPPING_ANON },
		{ 0x7fff00000000, MIB, "r-xp", "/usr/lib/libasan.so.8", NULL,
		  MAPPING_CODE },
		{ 0 },
	};
	struct scene scene;

	(void)state;
	scene_make(&scene, lines);
	assert_non_null(find(&scene, "mimalloc"));
	assert_true(find(&scene, "mimalloc")->likely);
	scene_done(&scene);
	scene_make(&scene, sanitized);
	assert_null(find(&scene, "mimalloc"));
	scene_done(&scene);
}

static void flags_in_words(void **state)
{
	const struct text *flags = text_new("rd wr mr hg lo zz", 17);
	struct mapping m = { .flags = flags };
	char words[128];

	(void)state;
	mapping_flags_words(text_str(flags), false, words, sizeof(words));
	assert_string_equal(words, ", locked, huge pages advised");
	mapping_flags_words(text_str(flags), true, words, sizeof(words));
	assert_non_null(strstr(words, ", readable, writable"));
	mapping_flags_words("", true, words, sizeof(words));
	assert_string_equal(words, "");
	mapping_flags_words("hg lo", false, words, 9);
	assert_int_equal(strlen(words), 8);
	assert_true(mapping_has_flag(&m, "lo"));
	/* across the blank is no flag */
	assert_false(mapping_has_flag(&m, "dw"));
	assert_false(mapping_has_flag(&m, "me"));
	text_unref(flags);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_decide),
		cmocka_unit_test(data_of_programs),
		cmocka_unit_test(glibc_arenas),
		cmocka_unit_test(static_program_with_arenas),
		cmocka_unit_test(no_arenas),
		cmocka_unit_test(stacks),
		cmocka_unit_test(java_below_32_gib),
		cmocka_unit_test(java_above),
		cmocka_unit_test(no_java),
		cmocka_unit_test(go_heap),
		cmocka_unit_test(libraries),
		cmocka_unit_test(names_win),
		cmocka_unit_test(mimalloc_by_its_addresses),
		cmocka_unit_test(flags_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
