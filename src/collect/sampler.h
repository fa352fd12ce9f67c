/* SPDX-License-Identifier: MIT
 *
 * The cheap lane's thread: seals a snapshot every tick, on time, whatever the
 * other lane and the terminal do.
 */
#ifndef COLLECT_SAMPLER_H
#define COLLECT_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

#include "memtop/source.h"

struct sampler;

/* Opens everything; no thread runs yet.  0 or -errno. */
int sampler_new(const struct live_config *config, struct sampler **ret);
int sampler_start(struct sampler *sampler);
/* false: the thread hangs and goes on using history and judge. */
bool sampler_close(struct sampler *sampler);

void sampler_set_period(struct sampler *sampler, uint64_t period_ns);
void sampler_set_interest(struct sampler *sampler,
			  const struct interest *interest);
void sampler_rescan(struct sampler *sampler);

/* The expensive lane, for requests. */
struct prober *sampler_prober(struct sampler *sampler);

#endif
