/* SPDX-License-Identifier: MIT
 *
 * Answers to one-off requests.  In the model, because every source makes them
 * and every face may hold one.
 */
#include <stdlib.h>

#include "memtop/source.h"

void reply_free(struct reply *reply)
{
	if (!reply)
		return;
	for (size_t i = 0; i < reply->nmappings; i++) {
		text_unref(reply->mappings[i].path);
		text_unref(reply->mappings[i].flags);
		text_unref(reply->mappings[i].nodes);
	}
	text_unref(reply->exe);
	free(reply->mappings);
	free(reply->limits);
	free(reply);
}
