/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: what the screen has asked the expensive lane for, and
 * the replies that wait for it.  Whoever owns the queues locks them.
 */
#ifndef COLLECT_REQUESTS_H
#define COLLECT_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "memtop/source.h"

struct request {
	struct request *next;
	uint64_t id, rss; /* rss: how long the read may take */
	enum request_kind kind;
	struct process_key key;
};

struct reply_node;

struct requests {
	struct request *first, **end;
	uint64_t last_id;
	struct reply_node *replies, **replies_end;
	int fd; /* readable while a reply waits */
};

/* 0 or -errno; requests_done() serves either way. */
int requests_init(struct requests *requests);
void requests_done(struct requests *requests);

/* Takes over request, which came from malloc(); returns the id it gets. */
uint64_t requests_add(struct requests *requests, struct request *request);
/* The next one, the caller's to free; NULL: there is none. */
struct request *requests_take(struct requests *requests);
/* Forgets one that still waits. */
void requests_drop(struct requests *requests, uint64_t id);

/* Takes over reply, which waits from now on. */
void requests_answer(struct requests *requests, struct reply *reply);
/* Nothing is read for it: the process, or the whole lane, is stuck. */
void requests_refuse(struct requests *requests, enum request_kind kind,
		     uint64_t id, struct process_key key);
/* The next reply, the caller's; NULL: none waits. */
struct reply *requests_reply(struct requests *requests);

#endif
