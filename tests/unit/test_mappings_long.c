/* SPDX-License-Identifier: MIT
 *
 * A process with 200,000 mappings, and one whose list takes long: how far the
 * reading is, that it is no stuck read as long as it goes on, and that it ends
 * when nobody wants it any more.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/collect/mappings.h"
#include "../../src/ui/mappings.h"
#include "kernel_tree.h"
#include "live_tree.h"
#include "memtop/text.h"

enum { MANY = 200000, PIECE = 200, PIECES = 24 };

static struct process_key key_of(struct live_tree *f, pid_t pid)
{
	const struct snapshot *s = live_tree_soon(f);
	const struct process *process = snapshot_find_pid(s, pid);

	assert_non_null(process);

	struct process_key key = process->key;

	snapshot_unref(s);
	return key;
}

static int write_mapping(char *buf, size_t i)
{
	/* every other one is reserved, so that the kernel would keep them
	 * apart */
	return sprintf(buf,
		       "%" PRIx64 "-%" PRIx64 " %s 00000000 00:00 0 %s\n"
		       "Size:                  4 kB\n"
		       "Rss:                 %3u kB\n"
		       "Pss:                 %3u kB\n"
		       "Private_Dirty:       %3u kB\n"
		       "Swap:                  0 kB\n"
		       "VmFlags: %smr mw me ac sd\n",
		       UINT64_C(0x7f0000000000) + i * 4096,
		       UINT64_C(0x7f0000001000) + i * 4096,
		       i % 2 ? "---p" : "rw-p", i % 10 ? "" : "/srv/data",
		       i % 2 ? 0 : 4, i % 2 ? 0 : (unsigned)(i % 5),
		       i % 2 ? 0 : 4, i % 2 ? "" : "rd wr ");
}

/* A piece of the list into the pipe that stands for the file. */
static void feed(int fd, size_t from)
{
	char text[PIECE * 256], *s = text;

	for (size_t i = from; i < from + PIECE; i++)
		s += write_mapping(s, i);
	assert_int_equal(write(fd, text, (size_t)(s - text)), s - text);
}

static int open_pipe(struct live_tree *f)
{
	char path[PATH_MAX];
	int fd;

	live_tree_process(f, 10, 5000, 500);
	live_tree_fifo(f, "10/smaps");
	snprintf(path, sizeof(path), "%s/10/smaps", f->root);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

/* Waits, 10 s at most, until so many have been read. */
static void wait_for(struct live_tree *f, uint64_t id, uint64_t count)
{
	struct progress progress = { 0 };

	for (int i = 0; i < 1000; i++) {
		if (f->source->ops->progress(f->source, id, &progress) &&
		    progress.count >= count)
			return;
		usleep(10000);
	}
	fail_msg("%" PRIu64 " of %" PRIu64 " were read", progress.count, count);
}

static struct reply *wait_reply(struct live_tree *f)
{
	struct pollfd p = { .fd = f->source->ops->reply_fd(f->source),
			    .events = POLLIN };

	struct reply *reply;

	/* it may be readable for a reply that was taken before */
	do {
		assert_int_equal(poll(&p, 1, 10000), 1);
		reply = f->source->ops->take_reply(f->source);
	} while (!reply);
	return reply;
}

/* Longer than a read may take, which here is a second: it goes on. */
static void a_slow_list_is_not_stuck(void **state)
{
	struct live_tree *f = *state;
	int fd = open_pipe(f);
	struct progress progress;
	struct reply *reply;
	uint64_t id;

	live_tree_begin(f);
	id = f->source->ops->request(f->source, REQUEST_MAPPINGS,
				     key_of(f, 10));
	for (size_t i = 0; i < PIECES; i++) {
		feed(fd, i * PIECE);
		wait_for(f, id, (i + 1) * PIECE - 1);
		usleep(100000);
	}
	assert_true(f->source->ops->progress(f->source, id, &progress));
	/* half of them have a page each */
	assert_int_equal(progress.bytes, PIECES / 2 * PIECE * 4 * KIB);
	close(fd);
	reply = wait_reply(f);
	assert_non_null(reply);
	assert_int_equal(reply->id, id);
	assert_int_equal(reply->state, STATE_OK);
	assert_int_equal(reply->nmappings, PIECES * PIECE);
	reply_free(reply);
	assert_false(f->source->ops->progress(f->source, id, &progress));
}

/* It ends at the next line; what waits behind it is read. */
static void a_list_is_given_up(void **state)
{
	struct live_tree *f = *state;
	int fd = open_pipe(f);
	uint64_t first, second, third;
	struct process_key key;
	struct reply *reply;

	live_tree_process(f, 11, 100, 500);
	live_tree_put(f, "11/smaps", "1000-2000 rw-p 0 0 0\nRss: 4 kB\n");
	live_tree_begin(f);
	key = key_of(f, 11);
	first = f->source->ops->request(f->source, REQUEST_MAPPINGS,
					key_of(f, 10));
	feed(fd, 0);
	wait_for(f, first, PIECE - 1);
	second = f->source->ops->request(f->source, REQUEST_MAPPINGS, key);
	third = f->source->ops->request(f->source, REQUEST_MAPPINGS, key);
	f->source->ops->cancel(f->source, second);
	f->source->ops->cancel(f->source, first);
	feed(fd, PIECE);
	reply = wait_reply(f);
	assert_non_null(reply);
	assert_int_equal(reply->id, first);
	assert_int_equal(reply->state, STATE_PENDING);
	assert_null(reply->mappings);
	reply_free(reply);
	reply = wait_reply(f);
	assert_non_null(reply);
	assert_int_equal(reply->id, third);
	assert_int_equal(reply->state, STATE_OK);
	reply_free(reply);
	close(fd);
}

static void write_many(const struct temporary_tree *temporary)
{
	char path[96], line[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/42/smaps", temporary->proc);
	file = fopen(path, "we");
	assert_non_null(file);
	for (size_t i = 0; i < MANY; i++)
		fwrite(line, 1, (size_t)write_mapping(line, i), file);
	assert_int_equal(fclose(file), 0);
}

/* None is left out, and every way to list them has them all. */
static void many_are_listed(void **state)
{
	struct map_query query = { .group = MAP_BY_FILE, .expand_all = true };
	struct temporary_tree temporary;
	struct reply reply = { 0 };
	struct map_list list = { 0 };
	struct map_item item;
	struct tree tree;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "42");
	write_many(&temporary);
	assert_int_equal(procfile_mappings(&tree, "42", NULL, &reply), 0);
	kernel_tree_remove(&temporary, &tree);
	assert_int_equal(reply.state, STATE_OK);
	assert_int_equal(reply.nmappings, MANY);

	assert_int_equal(map_list_build(&reply, NULL, false, &query, &list), 0);
	assert_int_equal(list.count, MANY + 3);
	map_list_item(&list, 0, &item);
	assert_string_equal(item.label, "anonymous (mmap)");
	assert_int_equal(item.now.value[MAP_RSS], 4 * KIB * (MANY / 10 * 4));
	query.group = MAP_SINGLE;
	assert_int_equal(map_list_build(&reply, &reply, true, &query, &list),
			 0);
	assert_int_equal(list.count, MANY);
	for (size_t i = 0; i < list.count; i += MANY / 4) {
		map_list_item(&list, i, &item);
		assert_int_equal(item.before.count, 1);
	}
	map_list_done(&list);
	for (size_t i = 0; i < reply.nmappings; i++) {
		text_unref(reply.mappings[i].path);
		text_unref(reply.mappings[i].flags);
	}
	free(reply.mappings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_slow_list_is_not_stuck,
						live_tree_setup,
						live_tree_teardown),
		cmocka_unit_test_setup_teardown(a_list_is_given_up,
						live_tree_setup,
						live_tree_teardown),
		cmocka_unit_test(many_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
