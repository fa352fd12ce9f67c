/* SPDX-License-Identifier: MIT
 *
 * Who keeps his descriptor when there are more processes than memtop may have
 * descriptors.  Separate because this is policy; reads nothing.
 */
#include "keepers.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "memtop/base.h"

/* 4.4 KB of kernel memory each: 10 MiB. */
#define DESCRIPTORS_MAX 2380
#define SHARE_EVERY_NS	(10 * NS_PER_S)

struct claim {
	uint64_t worth;
	struct tracked *t;
};

size_t keepers_allowed(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	return (size_t)min_u64(DESCRIPTORS_MAX, limit.rlim_cur / 2);
}

static int by_worth(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	if (x->worth != y->worth)
		return x->worth > y->worth ? -1 : 1;
	return x->t->process->key.pid < y->t->process->key.pid ? -1 : 1;
}

/* Who changes before who rests, then the larger; who has one gives it to
 * somebody of twice his size only. */
static uint64_t worth(const struct tracked *t, const struct tick *tick)
{
	uint64_t size = t->process->rss / 2;

	if (tracked_is_active(t, tick->now_ns))
		size += UINT64_C(1) << 62;
	return t->keeps ? size : size / 2;
}

void keepers_set(struct keepers *k, struct tracked *t, bool keeps)
{
	if (t->keeps == keeps)
		return;
	k->count += keeps ? 1 : -1;
	t->keeps = keeps;
	if (!keeps)
		glance_close(&t->glance);
}

static void rank_claims(struct keepers *k, struct tracked *const *list,
			size_t count, const struct tick *tick)
{
	size_t n = 0;
	struct claim *claims = malloc(count * sizeof(*claims));

	if (!claims)
		return; /* the next time, then */
	for (size_t i = 0; i < count; i++)
		if (list[i]->process->statm.state == STATE_OK)
			claims[n++] = (struct claim){
				.worth = worth(list[i], tick),
				.t = list[i],
			};
	qsort(claims, n, sizeof(*claims), by_worth);
	for (size_t i = n; i-- > 0;)
		keepers_set(k, claims[i].t, i < k->max);
	free(claims);
}

void keepers_share(struct keepers *k, struct tracked *const *list, size_t count,
		   const struct tick *tick)
{
	bool enough = true;

	for (size_t i = 0; i < count; i++) {
		struct tracked *t = list[i];

		if (t->process->statm.state != STATE_OK)
			keepers_set(k, t, false);
		else if (!t->keeps && k->count < k->max)
			keepers_set(k, t, true);
		enough &= t->keeps || t->process->statm.state != STATE_OK;
	}
	if (enough || tick->now_ns < k->share_ns)
		return;
	k->share_ns = tick->now_ns + SHARE_EVERY_NS;
	rank_claims(k, list, count, tick);
}
