/* SPDX-License-Identifier: MIT
 *
 * Kernel files into memory, and their "key value" lines into numbers.
 * Separate because every collector does both, thousands of times a second;
 * knows no particular file and never allocates but for growbuf.
 */
#include "memtop/kernfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memtop/base.h"

/*
 * The kernel hands out whole records until its buffer, a page at least, is
 * full.  An answer well below a page was therefore the last one, and asking
 * again only to be told 0 would double the calls for the small files that
 * are read by the thousand.
 */
enum { LAST_ANSWER = 1024 };

/* Descriptors stay blocking: a read that hangs is for the caller to see. */
static int open_file(int dirfd, const char *path)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

static ssize_t read_at(int fd, char *buf, size_t size, off_t at, bool seek)
{
	ssize_t n;

	do {
		n = seek ? pread(fd, buf, size, at) : read(fd, buf, size);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static ssize_t read_whole(int fd, char *buf, size_t size, bool seek)
{
	size_t len = 0;
	ssize_t n;
	char more;

	while (len < size - 1) {
		n = read_at(fd, buf + len, size - 1 - len, (off_t)len, seek);
		if (n < 0)
			return n;
		len += (size_t)n;
		buf[len] = '\0';
		if (n == 0 ||
		    (len == (size_t)n && len < LAST_ANSWER && len < size - 1))
			return (ssize_t)len;
	}
	buf[len] = '\0';
	n = read_at(fd, &more, 1, (off_t)len, seek);
	if (n < 0)
		return n;
	return n > 0 ? -EFBIG : (ssize_t)len;
}

ssize_t kernfile_read(int dirfd, const char *path, char *buf, size_t size)
{
	int fd = open_file(dirfd, path);
	ssize_t ret;

	if (fd < 0)
		return fd;
	ret = read_whole(fd, buf, size, false);
	close(fd);
	return ret;
}

ssize_t kernfile_read_record(int dirfd, const char *path, char *buf,
			     size_t size)
{
	int fd = open_file(dirfd, path);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read_at(fd, buf, size - 1, 0, false);
	close(fd);
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

ssize_t kernfile_pread(int fd, char *buf, size_t size)
{
	return read_whole(fd, buf, size, true);
}

static int growbuf_grow(struct growbuf *buf, size_t max)
{
	size_t size = buf->size == 0 ? 16 * KIB : buf->size * 2;
	char *data;

	/* one byte for the terminator, one to notice that there is more */
	if (size > max + 2)
		size = max + 2;
	if (size <= buf->size)
		return -EFBIG;
	data = realloc(buf->data, size);
	if (data == NULL)
		return -ENOMEM;
	buf->data = data;
	buf->size = size;
	return 0;
}

ssize_t growbuf_read(struct growbuf *buf, int dirfd, const char *path,
		     size_t max)
{
	int fd = open_file(dirfd, path);
	size_t len = 0;
	ssize_t ret;

	if (fd < 0)
		return fd;
	do {
		ret = 0;
		if (len + 1 >= buf->size)
			ret = growbuf_grow(buf, max);
		if (ret < 0)
			break;
		ret = read_at(fd, buf->data + len, buf->size - 1 - len, 0,
			      false);
		if (ret > 0)
			len += (size_t)ret;
		if (len > max)
			ret = -EFBIG;
	} while (ret > 0);
	close(fd);
	if (buf->data != NULL)
		buf->data[len] = '\0';
	return ret < 0 ? ret : (ssize_t)len;
}

void growbuf_done(struct growbuf *buf)
{
	free(buf->data);
	*buf = (struct growbuf){ 0 };
}

bool parse_u64(const char *s, const char **end, uint64_t *ret)
{
	uint64_t value = 0;

	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*s - '0'), &value))
			return false;
	*end = s;
	*ret = value;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* "24601836 kB", "0": all of rest is one number with at most that unit */
static void kv_parse_value(struct kv *kv)
{
	const char *end = kv->rest;
	size_t left;

	if (kv->rest_len == 0 || !parse_u64(kv->rest, &end, &kv->value))
		return;
	left = kv->rest_len - (size_t)(end - kv->rest);
	if (left == 0)
		kv->has_value = true;
	else if (left == 3 && memcmp(end, " kB", 3) == 0 &&
		 !__builtin_mul_overflow(kv->value, KIB, &kv->value))
		kv->has_value = kv->is_kib = true;
}

bool kv_next(const char **cursor, struct kv *ret)
{
	const char *s = *cursor;
	const char *eol;

	if (*s == '\0')
		return false;
	eol = strchrnul(s, '\n');
	*cursor = *eol == '\n' ? eol + 1 : eol;

	*ret = (struct kv){ .key = s };
	while (s < eol && *s != ':' && !is_blank(*s))
		s++;
	ret->key_len = (size_t)(s - ret->key);
	if (s < eol && *s == ':')
		s++;
	while (s < eol && is_blank(*s))
		s++;
	while (eol > s && is_blank(eol[-1]))
		eol--;
	ret->rest = s;
	ret->rest_len = (size_t)(eol - s);
	kv_parse_value(ret);
	return true;
}

/* Is key what the line at s is about?  Most lines differ early. */
static bool key_at(const char *s, const char *key)
{
	while (*key != '\0' && *s == *key) {
		s++;
		key++;
	}
	return *key == '\0' && (*s == ':' || is_blank(*s));
}

/* The key of the line at s, nkeys when it is none of them.  Tables are in the
 * kernel's order: the next key is likely. */
static size_t key_find(const char *s, const struct kv_key *keys, size_t nkeys,
		       size_t next)
{
	for (size_t i = 0; i < nkeys; i++) {
		size_t at = next + i < nkeys ? next + i : next + i - nkeys;

		if (key_at(s, keys[at].key))
			return at;
	}
	return nkeys;
}

static const char *next_line(const char *s)
{
	const char *eol = strchrnul(s, '\n');

	return *eol == '\n' ? eol + 1 : eol;
}

size_t kv_fill(const char *text, const struct kv_key *keys, size_t nkeys,
	       void *target)
{
	size_t found = 0, next = 0;

	for (size_t i = 0; i < nkeys; i++)
		*(uint64_t *)((char *)target + keys[i].offset) = UNKNOWN;
	while (found < nkeys && *text != '\0') {
		size_t at = key_find(text, keys, nkeys, next);
		uint64_t *value;
		struct kv kv;

		if (at == nkeys) { /* not worth taking apart */
			text = next_line(text);
			continue;
		}
		kv_next(&text, &kv);
		if (!kv.has_value)
			continue;
		value = (uint64_t *)((char *)target + keys[at].offset);
		if (*value == UNKNOWN)
			found++;
		*value = kv.value;
		next = at + 1;
	}
	return found;
}
