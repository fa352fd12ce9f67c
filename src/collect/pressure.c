/* SPDX-License-Identifier: MIT
 *
 * Pressure stall information: /proc/pressure/memory and io.  A kernel without
 * it has no such file, or (4.20 to 5.4, switched off) one whose reading gives
 * EOPNOTSUPP; both are ABSENT.
 */
#include "pressure.h"

#include <math.h>
#include <string.h>

#include "collect.h"
#include "scan.h"

/* The decimal or whole number behind "name=" on the line at s. */
static const char *value_of(const char *line, const char *name)
{
	const char *end = scan_line(line);
	size_t len = strlen(name);

	while (line < end) {
		if (!strncmp(line, name, len) && line[len] == '=')
			return line + len + 1;
		line = scan_blanks(scan_word(line));
		if (*line == '\n')
			break;
	}
	return "";
}

static double percent_of(const char *line, const char *name)
{
	const char *end;
	double value;

	return scan_decimal(value_of(line, name), &end, &value) ? value : NAN;
}

/* some avg10=0.00 avg60=1.25 avg300=0.40 total=1234567 */
static bool parse_line(const char *text, const char *word,
		       struct pressure_line *ret)
{
	size_t len = strlen(word);
	const char *end;

	*ret = (struct pressure_line){ NAN, NAN, NAN, UNKNOWN };
	while (*text && (strncmp(text, word, len) || text[len] != ' '))
		text = scan_line(text);
	if (!*text)
		return false;
	ret->avg10 = percent_of(text, "avg10");
	ret->avg60 = percent_of(text, "avg60");
	ret->avg300 = percent_of(text, "avg300");
	parse_u64(value_of(text, "total"), &end, &ret->total_us);
	return true;
}

bool pressure_parse(const char *text, struct pressure_line *ret_some,
		    struct pressure_line *ret_full)
{
	parse_line(text, "full", ret_full);
	return parse_line(text, "some", ret_some);
}

static void read_file(struct tree *tree, const char *path, struct block *block,
		      struct pressure_line *some, struct pressure_line *full)
{
	ssize_t r = kernfile_read(tree->proc, path, tree->buf, tree->size);

	if (pressure_parse(r < 0 ? "" : tree->buf, some, full))
		block->state = STATE_OK;
	else
		block->state = r < 0 ? state_from_errno((int)r) : STATE_ABSENT;
	block->read_ns = tree_now();
}

static int pressure_read(struct tree *tree, struct snapshot *snapshot)
{
	struct pressure *p = &snapshot->pressure;

	read_file(tree, "pressure/memory", &p->memory_block, &p->memory_some,
		  &p->memory_full);
	read_file(tree, "pressure/io", &p->io_block, &p->io_some, &p->io_full);
	return 0;
}

/* clang-format off */
const struct collector collect_pressure = {
	.name = "pressure",
	.files = "/proc/pressure/memory /proc/pressure/io",
	.lane = LANE_CHEAP,
	.cost_ns = 20 * NS_PER_US,
	.read = pressure_read,
	.gives = GIVES(ENTITY_PRESSURE),
};
/* clang-format on */
