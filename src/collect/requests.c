/* SPDX-License-Identifier: MIT
 *
 * Two queues of the expensive lane, see requests.h.  Apart from its threads:
 * knows neither them nor any lock.
 */
#include "requests.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "probe.h"

struct reply_node {
	struct reply_node *next;
	struct reply *reply;
};

int requests_init(struct requests *requests)
{
	*requests = (struct requests){ .fd = eventfd(0, EFD_CLOEXEC |
								EFD_NONBLOCK) };
	requests->end = &requests->first;
	requests->replies_end = &requests->replies;
	return requests->fd < 0 ? -errno : 0;
}

void requests_done(struct requests *requests)
{
	struct request *request;
	struct reply *reply;

	while ((request = requests_take(requests)))
		free(request);
	while ((reply = requests_reply(requests)))
		reply_free(reply);
	if (requests->fd >= 0)
		close(requests->fd);
}

uint64_t requests_add(struct requests *requests, struct request *request)
{
	request->next = NULL;
	request->id = ++requests->last_id;
	*requests->end = request;
	requests->end = &request->next;
	return request->id;
}

/* Out of the queue that *at is a link of. */
static struct request *unlink_at(struct requests *requests, struct request **at)
{
	struct request *request = *at;

	if (!request)
		return NULL;
	*at = request->next;
	if (requests->end == &request->next)
		requests->end = at;
	return request;
}

struct request *requests_take(struct requests *requests)
{
	return unlink_at(requests, &requests->first);
}

void requests_drop(struct requests *requests, uint64_t id)
{
	struct request **at = &requests->first;

	while (*at && (*at)->id != id)
		at = &(*at)->next;
	free(unlink_at(requests, at));
}

void requests_answer(struct requests *requests, struct reply *reply)
{
	struct reply_node *node = malloc(sizeof(*node));

	if (!node) {
		reply_free(reply);
		return;
	}
	*node = (struct reply_node){ .reply = reply };
	*requests->replies_end = node;
	requests->replies_end = &node->next;
	eventfd_write(requests->fd, 1);
}

void requests_refuse(struct requests *requests, enum request_kind kind,
		     uint64_t id, struct process_key key)
{
	struct reply *reply =
		kind == REQUEST_PROCESS ? NULL : probe_stuck_reply(kind, key);

	if (!reply)
		return;
	reply->id = id;
	requests_answer(requests, reply);
}

struct reply *requests_reply(struct requests *requests)
{
	struct reply_node *node = requests->replies;
	struct reply *reply;
	eventfd_t ignored;

	if (!node) {
		eventfd_read(requests->fd, &ignored);
		return NULL;
	}
	requests->replies = node->next;
	if (!requests->replies)
		requests->replies_end = &requests->replies;
	reply = node->reply;
	free(node);
	return reply;
}
