/* SPDX-License-Identifier: MIT
 *
 * Files that hold one value.  Separate because sysctls and THP knobs come
 * alike; knows none of them by name.
 */
#include "smallfile.h"

#include <errno.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/kernfile.h"
#include "scan.h"

uint64_t smallfile_number(int dirfd, const char *path)
{
	char buf[64];
	const char *end;
	uint64_t value;

	if (kernfile_read(dirfd, path, buf, sizeof(buf)) <= 0)
		return UNKNOWN;
	return parse_u64(buf, &end, &value) ? value : UNKNOWN;
}

ssize_t smallfile_choice(int dirfd, const char *path, char *word, size_t size)
{
	char buf[256];
	const char *start, *end;
	ssize_t r = kernfile_read(dirfd, path, buf, sizeof(buf));

	word[0] = '\0';
	if (r < 0)
		return r;
	start = strchr(buf, '[');
	end = start ? strchr(start, ']') : NULL;
	if (end) {
		start++;
	} else {
		start = buf;
		end = scan_word(buf);
	}
	if ((size_t)(end - start) >= size)
		return -EINVAL;
	memcpy(word, start, (size_t)(end - start));
	word[end - start] = '\0';
	return end - start;
}
