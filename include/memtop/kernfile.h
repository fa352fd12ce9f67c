/* SPDX-License-Identifier: MIT
 *
 * Reading kernel files: whole, relative to a directory descriptor, without
 * allocating; and the one key-value reader that meminfo, vmstat, status and
 * smaps share.  Knows no particular file.
 */
#ifndef MEMTOP_KERNFILE_H
#define MEMTOP_KERNFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Opens path below dirfd and reads it up to size - 1 bytes with as few
 * read() calls as it takes; NUL-terminates.  Returns the length or -errno
 * (-EFBIG when the file is longer than the buffer, what fits being there).
 */
ssize_t kernfile_read(int dirfd, const char *path, char *buf, size_t size);

/*
 * The same with a single read(), for files of which the kernel makes one record
 * and hands that out whole, as it does with nearly all of a process's.  What is
 * longer than the buffer is cut.
 */
ssize_t kernfile_read_record(int dirfd, const char *path, char *buf,
			     size_t size);

/* What kernfile_read() does, from the start of an open descriptor (pread at
 * 0). */
ssize_t kernfile_pread(int fd, char *buf, size_t size);

/*
 * A buffer that grows, for files without a bound (smaps, maps, mountinfo).
 * Zero-initialise; growbuf_done() frees.  growbuf_read() returns the length
 * or -errno; data is NUL-terminated.  max bounds it (-EFBIG beyond).
 */
struct growbuf {
	char *data;
	size_t size;
};
ssize_t growbuf_read(struct growbuf *buf, int dirfd, const char *path,
		     size_t max);
void growbuf_done(struct growbuf *buf);

/*
 * One "key value" line of a kernel file.  Understands
 *
 *   MemTotal:       24601836 kB        (value is made bytes: is_kib)
 *   pswpin 0
 *   VmRSS:	    1428 kB
 *   Threads:	2
 *
 * A line whose value is not a number is passed with has_value false and
 * rest/rest_len pointing at its text.
 */
struct kv {
	const char *key;
	size_t key_len;
	const char *rest; /* the text behind the key, trimmed */
	size_t rest_len;
	uint64_t value; /* bytes when is_kib */
	bool has_value;
	bool is_kib;
};

/* Steps *cursor over one line; false at the end of the text. */
bool kv_next(const char **cursor, struct kv *ret);

/* Where the value of one key goes: a uint64_t at offset of the target. */
struct kv_key {
	const char *key;
	size_t offset;
};

/*
 * Sets the named uint64_t members of target to UNKNOWN, then to what text has
 * for them.  Returns how many keys were found.
 */
size_t kv_fill(const char *text, const struct kv_key *keys, size_t nkeys,
	       void *target);

/* Decimal without sign at s; *end behind the last digit.  false: no digit or
 * too large. */
bool parse_u64(const char *s, const char **end, uint64_t *ret);

#endif
