/* SPDX-License-Identifier: MIT
 *
 * Figures written in full, and states in words: what popups and pages say
 * where a table has only a cell.
 */
#include "exact.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

char *exact_grouped(char buf[FORMAT_SIZE], uint64_t number)
{
	char digits[FORMAT_SIZE];
	size_t len, at = 0;

	if (number == UNKNOWN) {
		snprintf(buf, FORMAT_SIZE, "n/a");
		return buf;
	}
	snprintf(digits, sizeof(digits), "%" PRIu64, number);
	len = strlen(digits);
	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf[at++] = ',';
		buf[at++] = digits[i];
	}
	buf[at] = '\0';
	return buf;
}

char *exact_bytes(char buf[EXACT_BYTES_SIZE], uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	double value = (double)bytes / (double)KIB;
	char grouped[FORMAT_SIZE];
	size_t unit = 0;

	if (bytes == UNKNOWN) {
		snprintf(buf, EXACT_BYTES_SIZE, "n/a");
		return buf;
	}
	while (value >= 1024 && unit + 1 < ARRAY_SIZE(units)) {
		value /= 1024;
		unit++;
	}
	exact_grouped(grouped, bytes / KIB);
	if (unit)
		snprintf(buf, EXACT_BYTES_SIZE, "%.1f %s, %s kB", value,
			 units[unit], grouped);
	else
		snprintf(buf, EXACT_BYTES_SIZE, "%s kB", grouped);
	return buf;
}

double percent_of(uint64_t part, uint64_t whole)
{
	if (part == UNKNOWN || whole == UNKNOWN || !whole)
		return NAN;
	return 100.0 * (double)part / (double)whole;
}

const char *state_words(enum state state)
{
	/* clang-format off */
	static const char *const words[STATE_COUNT] = {
		[STATE_PENDING]		= "not measured yet",
		[STATE_DENIED]		= "not permitted (A says why)",
		[STATE_ABSENT]		= "this kernel does not tell",
		[STATE_NOT_APPLICABLE]	= "does not apply here",
		[STATE_NOT_READ]	= "not read",
		[STATE_STUCK]		= "the kernel does not answer",
	};
	/* clang-format on */

	return words[state];
}

uint64_t ui_ram_total(const struct ui *ui)
{
	return ui->snapshot ? ui->snapshot->memory.total : UNKNOWN;
}
