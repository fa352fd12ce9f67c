/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: memory that a process has through the GPU drivers.
 */
#ifndef COLLECT_GPU_H
#define COLLECT_GPU_H

#include "collect.h"

/* The lines of one fdinfo of a GPU device; what is read goes into *ret, of
 * which regions[] and count are added to.  false: it is none. */
#define GPU_REGIONS 8 /* of one client */
struct gpu_client {
	char driver[16], device[24];
	uint64_t id;
	struct gpu_region {
		char name[16];
		uint64_t total, shared, resident, purgeable;
	} regions[GPU_REGIONS];
	size_t count;
};
bool gpu_parse(const char *text, struct gpu_client *ret);

/* Fills reply->gpus; a process whose descriptors may not be read has none that
 * are known: gpu_state says so. */
void gpu_read(struct tree *tree, const char *dir, struct reply *reply);

#endif
