/* SPDX-License-Identifier: MIT
 *
 * See zram.h.
 */
#include "zram.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memtop/base.h"

#define CONTROL "/sys/class/zram-control/"
#define SIZE	(128 * MIB)

static bool write_number(const char *path, unsigned long long number)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return false;
	fprintf(f, "%llu", number);
	return fclose(f) == 0;
}

/* Reading this file makes a disk. */
static int add(void)
{
	FILE *f = geteuid() == 0 ? fopen(CONTROL "hot_add", "r") : NULL;
	int number = -1;

	if (f && fscanf(f, "%d", &number) != 1)
		number = -1;
	if (f)
		fclose(f);
	return number;
}

/* Half of each page is noise, another one in each. */
static bool fill(int number, size_t bytes)
{
	unsigned char page[4096] = { 0 };
	uint64_t noise = 88172645463325252ULL;
	char path[32];
	bool good;
	int fd;

	snprintf(path, sizeof(path), "/dev/zram%d", number);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	good = true;
	for (size_t at = 0; at < bytes && good; at += sizeof(page)) {
		for (size_t i = 0; i < sizeof(page) / 2; i += 8) {
			noise ^= noise << 13;
			noise ^= noise >> 7;
			noise ^= noise << 17;
			memcpy(page + i, &noise, 8);
		}
		good = write(fd, page, sizeof(page)) == sizeof(page);
	}
	good = fsync(fd) == 0 && good;
	close(fd);
	return good;
}

int zram_make(size_t bytes)
{
	char path[64];
	int number = add();

	if (number < 0)
		return -1;
	snprintf(path, sizeof(path), "/sys/block/zram%d/disksize", number);
	if (bytes <= SIZE && write_number(path, SIZE) && fill(number, bytes))
		return number;
	zram_remove(number);
	return -1;
}

void zram_remove(int number)
{
	if (number < 0)
		return;
	/* whoever looks at new disks may hold it open for a moment */
	for (int i = 0; i < 50; i++) {
		if (write_number(CONTROL "hot_remove",
				 (unsigned long long)number))
			return;
		usleep(100000);
	}
	fprintf(stderr, "zram%d could not be removed\n", number);
}

uint64_t zram_used(int number)
{
	unsigned long long used = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/block/zram%d/mm_stat", number);
	f = fopen(path, "r");
	if (f && fscanf(f, "%*u %*u %llu", &used) != 1)
		used = 0;
	if (f)
		fclose(f);
	return used;
}
