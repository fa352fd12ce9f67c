/* SPDX-License-Identifier: MIT
 *
 * RAM that is files: mounts of a tree, segments of a tree, and what this
 * process itself holds in memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/collect/namespaces.h"
#include "kernel_tree.h"
#include "memtop/ramfiles.h"

static struct snapshot *read_with(const struct collector *collector,
				  struct tree *tree)
{
	struct snapshot *s = snapshot_new();

	assert_non_null(s);
	assert_int_equal(collector->read(tree, s), 0);
	return s;
}

/* A line of mountinfo for what path is on, as if mounted at mount. */
static void write_mount(FILE *stream, const char *mount, const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	fprintf(stream, "22 1 %u:%u / %s rw - tmpfs shm rw\n", major(st.st_dev),
		minor(st.st_dev), mount);
}

static const char mountinfo[] =
	"21 1 0:20 / /proc rw - proc proc rw\n"
	"22 1 %u:%u / /dev\\040shm rw,nosuid shared:3 - tmpfs shm rw,size=64k\n"
	"23 1 8:1 / /home rw - ext4 /dev/sda1 rw\n"
	"24 1 0:22 / /run rw master:1 shared:2 - ramfs run rw\n"
	"25 1 %u:%u /x /bind rw - tmpfs shm rw\n"
	"26 1 0:23 / /run rw - tmpfs over rw\n"
	"27 1 0:9999 / /hidden rw - tmpfs below rw\n"
	"28 27 0:25 / /hidden rw - nfs4 server:/x rw\n"
	"29 1 0:24 /\n";

static void test_mounts(void **state)
{
	struct temporary_tree temporary;
	const struct tmpfs *row;
	const struct list *list;
	struct snapshot *s;
	struct stat st;
	struct tree tree;
	char text[1024];

	(void)state;
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "self");
	kernel_tree_mkdir(&temporary, "self/root");
	kernel_tree_mkdir(&temporary, "self/root/dev shm");
	kernel_tree_mkdir(&temporary, "self/root/hidden");
	assert_int_equal(stat(temporary.proc, &st), 0);
	snprintf(text, sizeof(text), mountinfo, major(st.st_dev),
		 minor(st.st_dev), major(st.st_dev), minor(st.st_dev));
	kernel_tree_write(&temporary, "self/mountinfo", text);
	s = read_with(&collect_tmpfs, &tree);
	list = snapshot_list(s, ENTITY_TMPFS);
	assert_int_equal(list_state(list), STATE_OK);
	assert_int_equal(list_count(list), 3);
	row = list_find(list, "/dev shm");
	assert_non_null(row);
	assert_string_equal(row->type, "tmpfs");
	assert_string_equal(text_str(row->source), "shm");
	assert_true(row->size != UNKNOWN && row->used <= row->size);
	assert_int_equal(row->via_pid, UNKNOWN);
	/* the upper of two, whose directory is not there */
	row = list_find(list, "/run");
	assert_non_null(row);
	assert_string_equal(row->type, "tmpfs");
	assert_string_equal(text_str(row->source), "over");
	assert_int_equal(row->size, UNKNOWN);
	assert_int_equal(row->used, UNKNOWN);
	/* its path leads to another file system, which is not asked */
	row = list_find(list, "/hidden");
	assert_non_null(row);
	assert_string_equal(text_str(row->source), "below");
	assert_int_equal(row->size, UNKNOWN);
	assert_int_equal(row->files, UNKNOWN);
	snapshot_unref(s);
	kernel_tree_remove(&temporary, &tree);
}

static void link_mount(const struct temporary_tree *temporary,
		       const char *mount, const char *to)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/self/root%s", temporary->proc, mount);
	assert_int_equal(symlink(to, path), 0);
}

static uint64_t size_of(const char *path)
{
	struct statvfs st;

	assert_int_equal(statvfs(path, &st), 0);
	return (uint64_t)st.f_blocks * st.f_frsize;
}

/* Not to be read is not empty. */
static void test_unread(void **state)
{
	struct temporary_tree temporary;
	struct snapshot *s;
	struct tree tree;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	s = read_with(&collect_tmpfs, &tree);
	assert_int_equal(list_state(snapshot_list(s, ENTITY_TMPFS)),
			 STATE_ABSENT);
	snapshot_unref(s);
	s = read_with(&collect_shared, &tree);
	assert_int_equal(list_state(snapshot_list(s, ENTITY_SHARED)),
			 STATE_ABSENT);
	snapshot_unref(s);
	/* one of several sources is enough */
	kernel_tree_mkdir(&temporary, "sysvipc");
	kernel_tree_write(&temporary, "sysvipc/shm", "key\n");
	s = read_with(&collect_shared, &tree);
	assert_int_equal(list_state(snapshot_list(s, ENTITY_SHARED)), STATE_OK);
	snapshot_unref(s);
	kernel_tree_remove(&temporary, &tree);
}

/* More than there are rows: the rest is one row, and is whole. */
static void test_many_mounts(void **state)
{
	enum { MANY = 1500, ROWS = 1000 };
	struct temporary_tree temporary;
	const struct tmpfs *others;
	const struct list *list;
	struct snapshot *s;
	struct tree tree;
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	for (int i = 0; i < MANY; i++)
		fprintf(stream, "22 1 0:%d / /m%d rw - tmpfs shm rw\n",
			100000 + i, i);
	write_mount(stream, "/shm", "/dev/shm");
	write_mount(stream, "/root", "/");
	/* one that has been counted */
	write_mount(stream, "/again", "/dev/shm");
	fclose(stream);
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "self");
	kernel_tree_write(&temporary, "self/mountinfo", text);
	kernel_tree_mkdir(&temporary, "self/root");
	link_mount(&temporary, "/shm", "/dev/shm");
	link_mount(&temporary, "/again", "/dev/shm");
	link_mount(&temporary, "/root", "/");
	s = read_with(&collect_tmpfs, &tree);
	list = snapshot_list(s, ENTITY_TMPFS);
	assert_int_equal(list_count(list), ROWS + 1);
	others = list_find(list, "(others)");
	assert_non_null(others);
	assert_int_equal(others->size, size_of("/dev/shm") + size_of("/"));
	snapshot_unref(s);
	kernel_tree_remove(&temporary, &tree);
	free(text);
}

static void link_namespace(const struct temporary_tree *temporary,
			   const char *dir, const char *namespace)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s/ns/mnt", temporary->proc, dir);
	if (unlink(path) < 0) {
		kernel_tree_mkdir(temporary, dir);
		snprintf(path, sizeof(path), "%s/ns", dir);
		kernel_tree_mkdir(temporary, path);
		snprintf(path, sizeof(path), "%s/%s/ns/mnt", temporary->proc,
			 dir);
	}
	assert_int_equal(symlink(namespace, path), 0);
}

static bool has_mount(struct tree *tree, const char *path)
{
	struct snapshot *s = read_with(&collect_tmpfs, tree);
	bool has = list_find(snapshot_list(s, ENTITY_TMPFS), path);

	snapshot_unref(s);
	return has;
}

/* Each namespace once; who leads into one is kept for a while, but not when he
 * has left it. */
static void test_namespaces(void **state)
{
	struct temporary_tree temporary;
	struct tree tree;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	link_namespace(&temporary, "self", "mnt:[1]");
	link_namespace(&temporary, "10", "mnt:[1]");
	link_namespace(&temporary, "20", "mnt:[7]");
	kernel_tree_write(&temporary, "10/mountinfo",
			  "22 1 0:31 / /ours rw - tmpfs shm rw\n");
	kernel_tree_write(&temporary, "20/mountinfo",
			  "22 1 0:32 / /theirs rw - tmpfs shm rw\n");
	assert_true(has_mount(&tree, "[20]/theirs"));
	assert_false(has_mount(&tree, "[10]/ours"));
	link_namespace(&temporary, "30", "mnt:[8]");
	kernel_tree_write(&temporary, "30/mountinfo",
			  "22 1 0:33 / /new rw - tmpfs shm rw\n");
	assert_false(has_mount(&tree, "[30]/new"));
	assert_true(has_mount(&tree, "[20]/theirs"));
	link_namespace(&temporary, "20", "mnt:[1]");
	assert_true(has_mount(&tree, "[30]/new"));
	assert_false(has_mount(&tree, "[20]/theirs"));
	kernel_tree_remove(&temporary, &tree);
}

static void test_many_namespaces(void **state)
{
	enum { MANY = 300 };
	struct temporary_tree temporary;
	const struct namespaces *found;
	struct tree tree;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	link_namespace(&temporary, "self", "mnt:[1]");
	for (int i = 0; i < MANY; i++) {
		char pid[16], name[32];

		snprintf(pid, sizeof(pid), "%d", 10 + i);
		snprintf(name, sizeof(name), "mnt:[%d]", 1000 + i);
		link_namespace(&temporary, pid, name);
	}
	found = namespaces_get(&tree);
	assert_non_null(found);
	assert_int_equal(found->count, MANY);
	kernel_tree_remove(&temporary, &tree);
}

static const char segments[] =
	"       key      shmid perms                  size  cpid  lpid nattch  "
	" "
	"uid   gid  cuid  cgid      atime      dtime      ctime          "
	"rss                  swap\n"
	" -12345678      32768  1600                524288  2210  2214      2  "
	"1000  1000  1000  1000 1732264801 1732264801 1732264801  "
	"262144                 65536\n"
	"         0      32769   600                  4096    77     0      0  "
	" "
	"  0     0     0     0          0          0 1732264801  "
	"0                     0\n"
	"         0      broken\n";

static void test_segments(void **state)
{
	struct temporary_tree temporary;
	const struct shared *row;
	const struct list *list;
	struct snapshot *s;
	struct tree tree;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "sysvipc");
	kernel_tree_mkdir(&temporary, "2210");
	kernel_tree_write(&temporary, "sysvipc/shm", segments);
	kernel_tree_write(&temporary, "2210/comm", "post\x1bgres\n");
	s = read_with(&collect_shared, &tree);
	list = snapshot_list(s, ENTITY_SHARED);
	assert_int_equal(list_count(list), 2);
	row = list_find(list, "sysv 32768");
	assert_non_null(row);
	assert_int_equal(row->bytes, 327680);
	assert_int_equal(row->swap, 65536);
	assert_int_equal(row->size, 524288);
	assert_int_equal(row->attached, 2);
	assert_int_equal(row->uid, 1000);
	assert_int_equal(row->pid, 2210);
	assert_string_equal(text_str(row->command), "post\x1bgres");
	row = list_find(list, "sysv 32769");
	assert_non_null(row);
	assert_int_equal(row->attached, 0);
	assert_null(row->command);
	snapshot_unref(s);
	kernel_tree_remove(&temporary, &tree);
}

static const struct shared *find_prefix(const struct list *list,
					const char *prefix)
{
	for (size_t i = 0; i < list_count(list); i++) {
		const struct shared *row = list_row(list, i);

		if (!strncmp(text_str(row->name), prefix, strlen(prefix)))
			return row;
	}
	return NULL;
}

static int fill_file(int fd, size_t size)
{
	assert_true(fd >= 0);
	assert_int_equal(posix_fallocate(fd, 0, (off_t)size), 0);
	return fd;
}

/* A memfd that is held twice, a deleted file, a file, a segment. */
static void test_own(void **state)
{
	char gone[] = "/dev/shm/memtop-gone-XXXXXX";
	char there[] = "/dev/shm/memtop-there-XXXXXX";
	int fds[4], segment = shmget(IPC_PRIVATE, 2 * MIB, IPC_CREAT | 0600);
	const struct shared *row;
	const struct list *list;
	struct snapshot *s;
	struct tree tree;
	char name[32], *p;

	(void)state;
	fds[0] = fill_file(memfd_create("ramfiles", MFD_CLOEXEC), 3 * MIB);
	fds[1] = dup(fds[0]);
	fds[2] = fill_file(mkstemp(gone), 5 * MIB);
	unlink(gone);
	fds[3] = fill_file(mkstemp(there), 4 * MIB);
	p = shmat(segment, NULL, 0);
	assert_true(p != (void *)-1);
	memset(p, 1, 2 * MIB);

	assert_int_equal(tree_open(NULL, NULL, &tree), 0);
	s = read_with(&collect_shared, &tree);
	unlink(there);
	shmdt(p);
	shmctl(segment, IPC_RMID, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
	tree_done(&tree);

	list = snapshot_list(s, ENTITY_SHARED);
	row = find_prefix(list, "memfd:ramfiles #");
	assert_non_null(row);
	assert_string_equal(row->kind, "memfd");
	assert_int_equal(row->bytes, 3 * MIB);
	assert_int_equal(row->holders, 2);
	assert_int_equal(row->pid, getpid());
	assert_string_equal(text_str(row->command), "test_ramfiles");
	row = find_prefix(list, gone);
	assert_non_null(row);
	assert_string_equal(row->kind, "deleted");
	assert_int_equal(row->bytes, 5 * MIB);
	row = find_prefix(list, there);
	assert_non_null(row);
	assert_string_equal(row->kind, "file");
	assert_int_equal(row->bytes, 4 * MIB);
	snprintf(name, sizeof(name), "sysv %d", segment);
	row = list_find(list, name);
	assert_non_null(row);
	assert_int_equal(row->bytes + (row->swap == UNKNOWN), 2 * MIB);
	assert_int_equal(row->attached, 1);
	snapshot_unref(s);
}

/* What is not kept of very many is the smallest, whichever comes first. */
static void test_many_files(void **state)
{
	enum { MANY = 110, SHOWN = 100 };
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char other[] = "/dev/shm/memtop-many-XXXXXX";
	struct temporary_tree temporary;
	const struct list *list;
	struct snapshot *s;
	struct tree tree;
	char path[128];

	(void)state;
	assert_non_null(mkdtemp(other));
	for (size_t i = 0; i < MANY; i++) {
		snprintf(path, sizeof(path), "%s/%zu", other, i);
		close(fill_file(open(path, O_RDWR | O_CREAT | O_EXCL, 0600),
				(1 + i * 7 % MANY) * page));
	}
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "self");
	kernel_tree_mkdir(&temporary, "self/root");
	kernel_tree_mkdir(&temporary, "self/root/dev");
	snprintf(path, sizeof(path), "%s/self/root/dev/shm", temporary.proc);
	assert_int_equal(symlink(other, path), 0);
	s = read_with(&collect_shared, &tree);
	unlink(path);
	kernel_tree_remove(&temporary, &tree);
	for (size_t i = 0; i < MANY; i++) {
		snprintf(path, sizeof(path), "%s/%zu", other, i);
		unlink(path);
	}
	rmdir(other);
	list = snapshot_list(s, ENTITY_SHARED);
	assert_int_equal(list_count(list), SHOWN);
	for (size_t i = 0; i < SHOWN; i++) {
		const struct shared *row = list_row(list, i);

		assert_true(row->bytes > (MANY - SHOWN) * page);
	}
	snapshot_unref(s);
}

/* Two of the list's lines lead to a folder that is there; in its place may be
 * what was mounted over it. */
static void write_mounts(const struct temporary_tree *temporary,
			 const char *folder)
{
	struct stat st;
	char text[256];

	assert_int_equal(stat(folder, &st), 0);
	snprintf(text, sizeof(text),
		 "22 1 0:9999 / /over rw - tmpfs s rw\n"
		 "23 1 %u:%u / /scratch rw - tmpfs s rw\n"
		 "24 1 %u:%u / /over rw - tmpfs s rw\n"
		 "25 1 0:9998 / /none rw - tmpfs s rw\n"
		 "26 1 0:9997 / /scratch rw - ext4 s rw\n",
		 major(st.st_dev), minor(st.st_dev), major(st.st_dev),
		 minor(st.st_dev));
	kernel_tree_write(temporary, "self/mountinfo", text);
}

/* What is not in /dev/shm is found by its mount, when that holds enough; a
 * device is looked into once, by one that is still the mount of the list, and
 * a file with two names is one. */
static void test_other_mounts(void **state)
{
	static const char *const names[] = { "large", "again" };
	static const char *const mounts[] = { "over", "scratch" };
	char other[] = "/dev/shm/memtop-mount-XXXXXX";
	struct temporary_tree temporary;
	const struct shared *row;
	const struct list *list;
	char path[128], again[128];
	struct snapshot *s;
	struct tree tree;

	(void)state;
	assert_non_null(mkdtemp(other));
	snprintf(path, sizeof(path), "%s/large", other);
	snprintf(again, sizeof(again), "%s/again", other);
	close(fill_file(open(path, O_RDWR | O_CREAT | O_EXCL, 0600), 17 * MIB));
	assert_int_equal(link(path, again), 0);
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "self");
	kernel_tree_mkdir(&temporary, "self/root");
	write_mounts(&temporary, other);
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		snprintf(path, sizeof(path), "%s/self/root/%s", temporary.proc,
			 mounts[i]);
		assert_int_equal(symlink(other, path), 0);
	}
	s = read_with(&collect_shared, &tree);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", other, names[i]);
		unlink(path);
	}
	rmdir(other);
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		snprintf(path, sizeof(path), "%s/self/root/%s", temporary.proc,
			 mounts[i]);
		unlink(path);
	}
	kernel_tree_remove(&temporary, &tree);
	list = snapshot_list(s, ENTITY_SHARED);
	assert_int_equal(list_state(list), STATE_OK);
	assert_int_equal(list_count(list), 1);
	row = find_prefix(list, "/scratch/");
	assert_non_null(row);
	assert_string_equal(row->kind, "file");
	assert_int_equal(row->bytes, 17 * MIB);
	assert_int_equal(row->size, 17 * MIB);
	assert_int_equal(row->uid, getuid());
	snapshot_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mounts),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_many_mounts),
		cmocka_unit_test(test_namespaces),
		cmocka_unit_test(test_many_namespaces),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_many_files),
		cmocka_unit_test(test_other_mounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
