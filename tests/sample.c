/* SPDX-License-Identifier: MIT
 *
 * See sample.h.  Knows the model only.
 */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
	if (memory == NULL)
		abort();
	return memory;
}

struct process *sample_process(pid_t pid, pid_t ppid, const char *comm)
{
	const struct entity *entity = &entities[ENTITY_PROCESS];
	struct process *process = must(process_new());

	for (size_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];
		char *at = (char *)process + field->offset;

		if (field->block == NO_BLOCK)
			continue;
		if (field->kind == KIND_U64)
			*(uint64_t *)at = 0;
		else if (field->kind == KIND_DOUBLE)
			*(double *)at = 0;
		*(struct block *)((char *)process + field->block) =
			(struct block){ NS_PER_S, STATE_OK };
	}
	process->key.pid = pid;
	process->key.start_ns = (uint64_t)pid * NS_PER_S;
	process->ppid = ppid;
	process->state = 'S';
	snprintf(process->comm, sizeof(process->comm), "%s", comm);
	return process;
}

void sample_add(struct snapshot *snapshot, const struct process *process)
{
	size_t bytes = (snapshot->nprocesses + 1) * sizeof(process);

	snapshot->processes = must(realloc(snapshot->processes, bytes));
	snapshot->processes[snapshot->nprocesses++] = process;
}

struct snapshot *sample_snapshot(uint64_t seconds)
{
	struct snapshot *snapshot = must(snapshot_new());

	snapshot->realtime_ns = seconds * NS_PER_S;
	snapshot->monotonic_ns = seconds * NS_PER_S;
	snapshot->boottime_ns = seconds * NS_PER_S;
	return snapshot;
}

struct text *sample_text(const char *s)
{
	return must(text_new(s, strlen(s)));
}

const struct field *sample_field(enum process_field field)
{
	return &entities[ENTITY_PROCESS].fields[field];
}

struct value sample_value(const struct process *process,
			  enum process_field field)
{
	return field_get(&entities[ENTITY_PROCESS], sample_field(field),
			 process);
}
