/* SPDX-License-Identifier: MIT
 *
 * The netlink side of delay accounting: one request and one reply per process.
 * The kernel answers within the call that sends, so nothing is waited for.
 * Knows struct taskstats by version, because version 15 has its fields
 * elsewhere and is as long as the next one.
 */
#include "taskstats.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "memtop/base.h"
#include "memtop/privilege.h"

struct taskstats_socket {
	int fd;
	uint16_t family;
	uint32_t seq;
	_Alignas(struct nlmsghdr) char buf[4096];
};

/* ---- the structure ------------------------------------------------------- */

/* Where counts and sums of delays are, in bytes. */
struct places {
	uint16_t blkio_count, swapin, reclaim, thrashing, compact, copy_count;
};
static const struct places usual = { 32, 56, 320, 336, 360, 400 };
static const struct places version_15 = { 48, 88, 368, 400, 440, 496 };

enum {
	VERSION_THRASHING = 9,
	VERSION_COMPACT = 11,
	VERSION_COPY = 13,
	VERSION_OLDEST = 8,
	VERSION_ODD = 15,
};

static uint64_t number_at(const void *data, size_t len, size_t at)
{
	uint64_t value;

	if (at + sizeof(value) > len)
		return UNKNOWN;
	memcpy(&value, (const char *)data + at, sizeof(value));
	return value;
}

static bool is_above_zero(uint64_t value)
{
	return value != UNKNOWN && value > 0;
}

int taskstats_parse(const void *data, size_t len, struct task_delays *ret)
{
	const struct places *at = &usual;
	uint64_t copies = UNKNOWN;
	uint16_t version;

	if (len < sizeof(version))
		return -EINVAL;
	memcpy(&version, data, sizeof(version));
	if (version < VERSION_OLDEST)
		return -EINVAL;
	if (version == VERSION_ODD)
		at = &version_15;
	*ret = (struct task_delays){
		.swapin = number_at(data, len, at->swapin),
		.reclaim = number_at(data, len, at->reclaim),
		.thrashing = UNKNOWN,
		.compact = UNKNOWN,
	};
	if (version >= VERSION_THRASHING)
		ret->thrashing = number_at(data, len, at->thrashing);
	if (version >= VERSION_COMPACT)
		ret->compact = number_at(data, len, at->compact);
	if (version >= VERSION_COPY)
		copies = number_at(data, len, at->copy_count);
	/* a task whose delays are counted has at least copied a page */
	ret->counted = is_above_zero(ret->swapin) ||
		       is_above_zero(ret->reclaim) ||
		       is_above_zero(ret->thrashing) ||
		       is_above_zero(ret->compact) || is_above_zero(copies) ||
		       is_above_zero(number_at(data, len, at->blkio_count));
	return 0;
}

/* ---- netlink ------------------------------------------------------------- */

static struct nlattr *attributes(void *message)
{
	return (struct nlattr *)((char *)message + NLMSG_HDRLEN + GENL_HDRLEN);
}

/* One attribute behind the two headers. */
static int ask(struct taskstats_socket *t, uint16_t family, uint8_t command,
	       uint16_t type, const void *data, uint16_t len)
{
	struct nlmsghdr *header = (struct nlmsghdr *)t->buf;
	struct genlmsghdr *general = NLMSG_DATA(header);
	struct nlattr *attribute = attributes(header);
	ssize_t n;

	memset(t->buf, 0, 64);
	header->nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN +
			    NLA_ALIGN((uint32_t)len);
	header->nlmsg_type = family;
	header->nlmsg_flags = NLM_F_REQUEST;
	header->nlmsg_seq = ++t->seq;
	general->cmd = command;
	general->version = 1;
	attribute->nla_type = type;
	attribute->nla_len = (uint16_t)(NLA_HDRLEN + len);
	memcpy((char *)attribute + NLA_HDRLEN, data, len);
	/* the kernel looks at who sends, not at who has opened */
	privilege_raise();
	n = send(t->fd, t->buf, header->nlmsg_len, MSG_DONTWAIT);
	privilege_lower();
	return n < 0 ? -errno : 0;
}

/* The reply to the last question: its attributes.  0 or -errno. */
static int hear(struct taskstats_socket *t, const struct nlattr **ret,
		size_t *ret_len)
{
	struct nlmsghdr *header = (struct nlmsghdr *)t->buf;

	for (;;) {
		ssize_t n = recv(t->fd, t->buf, sizeof(t->buf), MSG_DONTWAIT);
		const size_t heads = NLMSG_HDRLEN + GENL_HDRLEN;

		if (n < 0)
			return -errno;
		if (!NLMSG_OK(header, (size_t)n))
			return -EINVAL;
		if (header->nlmsg_seq != t->seq)
			continue; /* to a question before */
		if (header->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *e = NLMSG_DATA(header);

			if (header->nlmsg_len < NLMSG_LENGTH(sizeof(*e)))
				return -EINVAL;
			return e->error ? e->error : -EINVAL;
		}
		if (header->nlmsg_len < heads)
			return -EINVAL;
		*ret = attributes(header);
		*ret_len = header->nlmsg_len - heads;
		return 0;
	}
}

/* The attribute of that type among those; NULL: there is none. */
static const struct nlattr *find(const struct nlattr *attribute, size_t len,
				 uint16_t type)
{
	while (len >= NLA_HDRLEN && attribute->nla_len >= NLA_HDRLEN &&
	       attribute->nla_len <= len) {
		size_t step = NLA_ALIGN((size_t)attribute->nla_len);

		if ((attribute->nla_type & NLA_TYPE_MASK) == type)
			return attribute;
		if (step >= len)
			return NULL;
		len -= step;
		attribute = (const void *)((const char *)attribute + step);
	}
	return NULL;
}

static const void *inside(const struct nlattr *attribute, size_t *ret_len)
{
	*ret_len = (size_t)attribute->nla_len - NLA_HDRLEN;
	return (const char *)attribute + NLA_HDRLEN;
}

static int find_family(struct taskstats_socket *t)
{
	static const char name[] = TASKSTATS_GENL_NAME;
	const struct nlattr *list, *id;
	size_t len;
	int r = ask(t, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME,
		    name, sizeof(name));

	if (r == 0)
		r = hear(t, &list, &len);
	if (r < 0)
		return r;
	id = find(list, len, CTRL_ATTR_FAMILY_ID);
	if (!id || id->nla_len < NLA_HDRLEN + sizeof(t->family))
		return -ENOENT;
	memcpy(&t->family, inside(id, &len), sizeof(t->family));
	return 0;
}

int taskstats_open(struct taskstats_socket **ret)
{
	struct taskstats_socket *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return -ENOMEM;
	t->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	r = t->fd < 0 ? -errno : find_family(t);
	if (r < 0) {
		taskstats_close(t);
		return r;
	}
	*ret = t;
	return 0;
}

void taskstats_close(struct taskstats_socket *t)
{
	if (!t)
		return;
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}

int taskstats_read(struct taskstats_socket *t, pid_t pid,
		   struct task_delays *ret)
{
	const struct nlattr *list, *both, *stats;
	uint32_t tgid = (uint32_t)pid;
	const void *data;
	size_t len;
	int r = ask(t, t->family, TASKSTATS_CMD_GET, TASKSTATS_CMD_ATTR_TGID,
		    &tgid, sizeof(tgid));

	if (r == 0)
		r = hear(t, &list, &len);
	if (r < 0)
		return r;
	both = find(list, len, TASKSTATS_TYPE_AGGR_TGID);
	if (!both)
		return -EINVAL;
	list = inside(both, &len);
	stats = find(list, len, TASKSTATS_TYPE_STATS);
	if (!stats)
		return -EINVAL;
	data = inside(stats, &len);
	return taskstats_parse(data, len, ret);
}
