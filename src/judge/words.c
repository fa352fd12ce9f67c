/* SPDX-License-Identifier: MIT
 *
 * Figures as rules write them into their sentences.  Knows no rule.
 */
#include "words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "memtop/field.h"

struct figure figure_of(double value, uint32_t unit)
{
	struct figure ret;

	if (!value_figure(ret.text, value, (enum unit)unit))
		strcpy(ret.text, "n/a");
	return ret;
}

struct figure figure(const struct verdict_judge *judge, enum fact id)
{
	return figure_of(fact(judge, id), fact_infos[id].unit);
}

struct figure figure_pages(const struct verdict_judge *judge, enum fact id)
{
	const struct host *host = judge->snapshot->host;
	double size = host && host->page_size != UNKNOWN
			      ? (double)host->page_size
			      : 4096;
	struct figure ret = figure_of(fact(judge, id) * size, UNIT_BYTES);

	if (!isnan(fact(judge, id)))
		strcat(ret.text, "/s");
	return ret;
}

struct figure figure_eta(double ns)
{
	struct figure ret;

	strcpy(ret.text, format_eta(ns));
	return ret;
}

char *words_ago(char buf[FORMAT_SIZE], uint64_t ns)
{
	return format_duration(buf, ns - ns % NS_PER_S);
}

/* What is too long ends with a whole character. */
__attribute__((format(printf, 3, 0))) static void
put(char *buf, size_t size, const char *format, va_list args)
{
	if (vsnprintf(buf, size, format, args) >= (int)size)
		text_mend_end(buf);
}

void words_text(struct words *words, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(words->text, sizeof(words->text), format, args);
	va_end(args);
}

void words_brief(struct words *words, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(words->brief, sizeof(words->brief), format, args);
	va_end(args);
}

void person_text(const struct person *person, char *buf, size_t size)
{
	char name[80];

	text_printable(name, sizeof(name), person->name, strlen(person->name),
		       24);
	if (person->count > 1)
		snprintf(buf, size, "%s x%u", name, person->count);
	else
		snprintf(buf, size, "%s[%d]", name, (int)person->pid);
}
