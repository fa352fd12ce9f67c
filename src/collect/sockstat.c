/* SPDX-License-Identifier: MIT
 *
 * What sockets hold: /proc/net/sockstat for the whole, /proc/net/protocols for
 * each protocol.  Counts are those of memtop's own network namespace; memory
 * is that of the machine.
 */
#include <string.h>

#include "collect.h"
#include "memtop/kernel.h"
#include "scan.h"

/* clang-format off */
static const struct {
	const char *line, *key;
	size_t offset;
	bool pages;
} words[] = {
#define WORD(line, key, member, pages) \
	{ line, key, offsetof(struct sockets, member), pages }
	WORD("sockets:", "used", used, false),
	WORD("TCP:", "inuse", tcp_inuse, false),
	WORD("TCP:", "orphan", tcp_orphan, false),
	WORD("TCP:", "tw", tcp_timewait, false),
	WORD("TCP:", "alloc", tcp_allocated, false),
	WORD("TCP:", "mem", tcp_memory, true),
	WORD("UDP:", "inuse", udp_inuse, false),
	WORD("UDP:", "mem", udp_memory, true),
	WORD("FRAG:", "memory", fragment_memory, false),
};
/* clang-format on */

static bool is_word(const char *s, const char *end, const char *word)
{
	return strlen(word) == (size_t)(end - s) &&
	       !memcmp(s, word, (size_t)(end - s));
}

static void keep(const struct tree *tree, const char *line, const char *key,
		 uint64_t number, struct sockets *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (is_word(line, scan_word(line), words[i].line) &&
		    is_word(key, scan_word(key), words[i].key))
			*(uint64_t *)((char *)ret + words[i].offset) =
				words[i].pages ? number * tree->page_size
					       : number;
}

/* TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 0 */
static bool parse_sockets(const struct tree *tree, const char *text,
			  struct sockets *ret)
{
	bool found = false;

	for (const char *line = text; *line; line = scan_line(line)) {
		const char *key = scan_blanks(scan_word(line));
		uint64_t number;

		while (*key && *key != '\n') {
			const char *s = scan_blanks(scan_word(key));

			if (!parse_u64(s, &s, &number))
				break;
			keep(tree, line, key, number, ret);
			found = true;
			key = scan_blanks(s);
		}
	}
	return found;
}

/*
 * protocol  size sockets  memory press maxhdr  slab module     cl co di ac …
 * TCP       2432     14     120   no      320   yes  kernel      y  y  y  y
 */
static bool parse_protocol(const struct collect_lines *in, const char *s,
			   void *to)
{
	struct protocol *row = to;
	const char *end = scan_word(s);
	int64_t pages;

	if ((size_t)(end - s) >= sizeof(row->name) || end == s)
		return false;
	memcpy(row->name, s, (size_t)(end - s));
	if (!parse_u64(scan_blanks(end), &s, &row->object_size) ||
	    !parse_u64(scan_blanks(s), &s, &row->sockets) ||
	    !scan_i64(scan_blanks(s), &s, &pages))
		return false;
	/* -1: nobody counts */
	row->memory = pages < 0 ? UNKNOWN : (uint64_t)pages * in->page_size;
	/* there are dozens that nobody uses */
	return row->sockets || (row->memory != UNKNOWN && row->memory);
}

static int read_protocols(struct tree *tree, struct snapshot *snapshot)
{
	ssize_t n = kernfile_read(tree->proc, "net/protocols", tree->buf,
				  tree->size);
	const struct collect_lines lines = {
		.page_size = tree->page_size,
		.parse = parse_protocol,
	};

	return collect_put_lines(ENTITY_PROTOCOL, n, tree->buf, &lines,
				 snapshot);
}

static int sockstat_read(struct tree *tree, struct snapshot *snapshot)
{
	struct sockets *sockets = &snapshot->sockets;
	ssize_t n = kernfile_read(tree->proc, "net/sockstat", tree->buf,
				  tree->size);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		*(uint64_t *)((char *)sockets + words[i].offset) = UNKNOWN;
	sockets->block = (struct block){
		.read_ns = tree_now(),
		.state = n < 0 ? state_from_errno((int)n) : STATE_ABSENT,
	};
	if (n > 0 && parse_sockets(tree, tree->buf, sockets))
		sockets->block.state = STATE_OK;
	return read_protocols(tree, snapshot);
}

/* clang-format off */
const struct collector collect_sockstat = {
	.name = "sockstat",
	.files = "/proc/net/sockstat /proc/net/protocols",
	.lane = LANE_CHEAP,
	.period_ns = 10 * NS_PER_S,
	.cost_ns = 60 * NS_PER_US,
	.read = sockstat_read,
	.gives = GIVES(ENTITY_SOCKETS) | GIVES(ENTITY_PROTOCOL),
};
/* clang-format on */
