/* SPDX-License-Identifier: MIT
 *
 * A recording with any bytes changed: it is refused or read, and what is read
 * can be printed.  The input is a list of changes to a good file, four bytes
 * each (where, and what for), so that most inputs get past the first page.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../src/record/writer.h"
#include "memtop/base.h"
#include "memtop/output.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static char path[64];
static unsigned char good[1 << 18];
static size_t good_size;

static void *must(void *pointer)
{
	if (!pointer)
		abort();
	return pointer;
}

static struct snapshot *make_snapshot(uint64_t second)
{
	struct snapshot *snapshot = must(snapshot_new());
	struct process *process = must(process_new());

	snapshot->realtime_ns = snapshot->monotonic_ns = second * NS_PER_S;
	process->key = (struct process_key){ 7, NS_PER_S };
	process->identity = process->smaps = process->names =
		(struct block){ second * NS_PER_S, STATE_OK };
	process->pss = second * 4096;
	process->command = must(text_new("a command", 9));
	snapshot->processes = must(malloc(sizeof(process)));
	snapshot->processes[snapshot->nprocesses++] = process;
	return snapshot;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct record_options options = { .path = path };
	struct writer writer;
	char why[256];
	FILE *file;

	(void)argc, (void)argv;
	snprintf(path, sizeof(path), "/tmp/memtop-fuzz-%d", (int)getpid());
	if (writer_open(&writer, &options, why, sizeof(why)) < 0)
		abort();
	for (uint64_t second = 1; second <= 4; second++) {
		struct snapshot *snapshot = make_snapshot(second);

		if (writer_sample(&writer, snapshot, 0) < 0)
			abort();
		snapshot_unref(snapshot);
	}
	writer_close(&writer);
	file = must(fopen(path, "r"));
	good_size = fread(good, 1, sizeof(good), file);
	fclose(file);
	unlink(path);
	return 0;
}

static void show(struct history *history)
{
	const struct output_options options = { .view = &views[0] };
	FILE *nowhere = must(fopen("/dev/null", "w"));
	const struct snapshot *snapshot;

	for (uint64_t seq = 1; seq <= 8; seq++) {
		if (history_at(history, seq, &snapshot) < 0)
			continue;
		output_json.sample(nowhere, &options, snapshot);
		output_text.sample(nowhere, &options, snapshot);
		snapshot_unref(snapshot);
	}
	fclose(nowhere);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *bad = must(malloc(good_size));
	struct source *source;
	struct history *history;
	char why[256];
	FILE *file;

	memcpy(bad, good, good_size);
	for (; size >= 4; size -= 4, data += 4) {
		size_t at =
			data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16;

		bad[at % good_size] = data[3];
	}
	file = must(fopen(path, "w"));
	fwrite(bad, 1, good_size, file);
	fclose(file);
	free(bad);
	if (replay_open(path, &source, &history, why, sizeof(why)) == 0) {
		show(history);
		source->ops->close(source);
		history_free(history);
	}
	unlink(path);
	return 0;
}
