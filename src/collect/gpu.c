/* SPDX-License-Identifier: MIT
 *
 * /proc/PID/fdinfo of open GPU devices: what a process has of the memory that
 * their drivers hand out, which no counter of the process shows.  A device that
 * was opened once and duplicated or inherited is one client: it counts once.
 */
#include "gpu.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memtop/privilege.h"
#include "procfile.h"

/* Those met, so that none counts twice. */
struct clients {
	struct seen {
		char device[24];
		uint64_t id;
	} * seen;
	size_t count, room;
};

/* Documentation/gpu/drm-usage-stats.rst; drm-memory- is the older name of
 * drm-resident-. */
static const struct {
	const char *prefix;
	size_t offset;
} sizes[] = {
	/* clang-format off */
	{ "drm-total-", offsetof(struct gpu_region, total) },
	{ "drm-shared-", offsetof(struct gpu_region, shared) },
	{ "drm-resident-", offsetof(struct gpu_region, resident) },
	{ "drm-memory-", offsetof(struct gpu_region, resident) },
	{ "drm-purgeable-", offsetof(struct gpu_region, purgeable) },
	/* clang-format on */
};

static void copy(char *dst, size_t size, const char *s, size_t len)
{
	len = len < size ? len : size - 1;
	memcpy(dst, s, len);
	dst[len] = '\0';
}

static bool key_is(const struct kv *kv, const char *key)
{
	return kv->key_len == strlen(key) && !memcmp(kv->key, key, kv->key_len);
}

static struct gpu_region *region(struct gpu_client *client, const char *name,
				 size_t len)
{
	struct gpu_region *r;

	for (size_t i = 0; i < client->count; i++)
		if (strlen(client->regions[i].name) == len &&
		    !memcmp(client->regions[i].name, name, len))
			return &client->regions[i];
	if (client->count == GPU_REGIONS || len >= sizeof(r->name))
		return NULL;
	r = &client->regions[client->count++];
	*r = (struct gpu_region){ .total = UNKNOWN,
				  .shared = UNKNOWN,
				  .resident = UNKNOWN,
				  .purgeable = UNKNOWN };
	copy(r->name, sizeof(r->name), name, len);
	return r;
}

/* "1234 KiB", "12 MiB", "0": no unit is bytes.  false: no such number. */
static bool parse_size(const char *s, size_t len, uint64_t *ret)
{
	const char *end;
	uint64_t value, unit = 1;

	if (!parse_u64(s, &end, &value) || end > s + len)
		return false;
	while (end < s + len && *end == ' ')
		end++;
	if (end + 3 <= s + len && !memcmp(end, "KiB", 3))
		unit = KIB;
	else if (end + 3 <= s + len && !memcmp(end, "MiB", 3))
		unit = MIB;
	else if (end + 3 <= s + len && !memcmp(end, "GiB", 3))
		unit = GIB;
	else if (end != s + len)
		return false;
	return !__builtin_mul_overflow(value, unit, ret);
}

static void parse_region(const struct kv *kv, struct gpu_client *client)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t len = strlen(sizes[i].prefix);
		struct gpu_region *r;
		uint64_t bytes;

		if (kv->key_len <= len ||
		    memcmp(kv->key, sizes[i].prefix, len) != 0)
			continue;
		if (!parse_size(kv->rest, kv->rest_len, &bytes))
			return;
		r = region(client, kv->key + len, kv->key_len - len);
		if (r)
			*(uint64_t *)((char *)r + sizes[i].offset) = bytes;
		return;
	}
}

/*
 * drm-driver:	amdgpu
 * drm-client-id:	26
 * drm-pdev:	0000:03:00.0
 * drm-memory-vram:	524288 KiB
 */
bool gpu_parse(const char *text, struct gpu_client *ret)
{
	struct gpu_client client = { .id = UNKNOWN };
	const char *cursor = text;
	struct kv kv;

	while (kv_next(&cursor, &kv)) {
		if (key_is(&kv, "drm-driver"))
			copy(client.driver, sizeof(client.driver), kv.rest,
			     kv.rest_len);
		else if (key_is(&kv, "drm-pdev"))
			copy(client.device, sizeof(client.device), kv.rest,
			     kv.rest_len);
		else if (key_is(&kv, "drm-client-id") && kv.has_value)
			client.id = kv.value;
		else
			parse_region(&kv, &client);
	}
	if (!client.driver[0])
		return false;
	*ret = client;
	return true;
}

static bool is_seen(const struct clients *clients,
		    const struct gpu_client *client)
{
	for (size_t i = 0; i < clients->count; i++)
		if (clients->seen[i].id == client->id &&
		    !strcmp(clients->seen[i].device, client->device))
			return true;
	return false;
}

/* 0 or -ENOMEM */
static int remember(struct clients *clients, const struct gpu_client *client)
{
	size_t room = clients->room ? 2 * clients->room : 16;
	struct seen *seen;

	if (clients->count == clients->room) {
		seen = reallocarray(clients->seen, room, sizeof(*seen));
		if (!seen)
			return -ENOMEM;
		clients->seen = seen;
		clients->room = room;
	}
	seen = &clients->seen[clients->count++];
	seen->id = client->id;
	memcpy(seen->device, client->device, sizeof(seen->device));
	return 0;
}

static void add(uint64_t *sum, uint64_t value)
{
	if (value != UNKNOWN)
		*sum = *sum == UNKNOWN ? value : *sum + value;
}

static void add_region(struct reply *reply, const struct gpu_client *client,
		       const struct gpu_region *r)
{
	struct gpu_memory *row = NULL;

	for (size_t i = 0; i < reply->ngpus && !row; i++)
		if (!strcmp(reply->gpus[i].device, client->device) &&
		    !strcmp(reply->gpus[i].driver, client->driver) &&
		    !strcmp(reply->gpus[i].region, r->name))
			row = &reply->gpus[i];
	if (!row) {
		if (reply->ngpus == GPUS_MAX) {
			reply->gpus_more++;
			return;
		}
		row = &reply->gpus[reply->ngpus++];
		*row = (struct gpu_memory){ .total = UNKNOWN,
					    .shared = UNKNOWN,
					    .resident = UNKNOWN,
					    .purgeable = UNKNOWN };
		memcpy(row->driver, client->driver, sizeof(row->driver));
		memcpy(row->device, client->device, sizeof(row->device));
		memcpy(row->region, r->name, sizeof(row->region));
	}
	row->clients++;
	add(&row->total, r->total);
	add(&row->shared, r->shared);
	add(&row->resident, r->resident);
	add(&row->purgeable, r->purgeable);
}

/* Looks through a descriptor at what it is of.  1: a GPU; -errno. */
static int is_gpu(int dir, const char *name)
{
	char link[64];
	ssize_t len;

	privilege_raise();
	len = readlinkat(dir, name, link, sizeof(link) - 1);
	if (len < 0)
		len = -errno;
	privilege_lower();
	if (len < 0)
		return (int)len;
	link[len] = '\0';
	return !strncmp(link, "/dev/dri/", 9) ||
	       !strncmp(link, "/dev/accel/", 11);
}

/* Of descriptor `name`.  A client without an id can't be told from others.
 * 0 or -ENOMEM. */
static int read_client(struct tree *tree, const char *dir, const char *name,
		       struct clients *clients, struct reply *reply)
{
	struct gpu_client client;
	char file[32];
	ssize_t n;
	int fd;

	if (strlen(name) > 12)
		return 0;
	snprintf(file, sizeof(file), "fdinfo/%s", name);
	fd = procfile_open(tree, dir, file);
	if (fd < 0)
		return 0;
	n = read(fd, tree->buf, tree->size - 1);
	close(fd);
	if (n <= 0)
		return 0;
	tree->buf[n] = '\0';
	if (!gpu_parse(tree->buf, &client) || is_seen(clients, &client))
		return 0;
	if (client.id != UNKNOWN && remember(clients, &client) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < client.count; i++)
		add_region(reply, &client, &client.regions[i]);
	return 0;
}

void gpu_read(struct tree *tree, const char *dir, struct reply *reply)
{
	struct clients clients = { 0 };
	int fd = procfile_open(tree, dir, "fd"), r;
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	reply->gpu_state = fd < 0 ? state_from_errno(fd) : STATE_OK;
	if (fd >= 0 && !list)
		reply->gpu_state = STATE_PENDING;
	if (fd >= 0 && !list)
		close(fd);
	while (list && (entry = readdir(list))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		r = is_gpu(dirfd(list), entry->d_name);
		if (r > 0)
			r = read_client(tree, dir, entry->d_name, &clients,
					reply);
		if (r == -EACCES || r == -EPERM)
			reply->gpu_state = STATE_DENIED;
		else if (r == -ENOMEM) /* a part is no answer */
			reply->gpu_state = STATE_PENDING;
	}
	if (list)
		closedir(list);
	free(clients.seen);
}
