/* SPDX-License-Identifier: MIT
 *
 * The conditions of a rule in words, from the table it is judged by.  Knows
 * no snapshot.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "memtop/verdict.h"
#include "words.h"

static const struct rule_set *const sets[] = {
	&rules_kernel,	   &rules_names, &rules_kills,	  &rules_facts,
	&rules_exhaustion, &rules_swap,	 &rules_pressure, &rules_growth,
	&rules_classes,	   &rules_setup, &rules_calm,	  &rules_groups,
};

struct out {
	char *buf;
	size_t size, len;
};

__attribute__((format(printf, 2, 3))) static void add(struct out *out,
						      const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(out->buf + out->len, out->size - out->len, format, args);
	va_end(args);
	if (n > 0)
		out->len = min_u64(out->len + (size_t)n, out->size - 1);
}

static double limit_at(const struct leg *leg, enum severity severity)
{
	return severity == SEVERITY_CRIT   ? leg->crit
	       : severity == SEVERITY_WARN ? leg->warn
					   : leg->note;
}

static void add_leg(struct out *out, const struct leg *leg, double limit)
{
	const struct fact_info *info = &fact_infos[leg->fact];

	add(out, "%s %s ", info->name,
	    leg->comparison == COMPARE_AT_LEAST ? ">=" : "<=");
	if (leg->scale)
		add(out, "%.3g x %s", limit, fact_infos[leg->scale].name);
	else if (info->unit == UNIT_PERCENT && limit != rint(limit))
		add(out, "%.3g%%", limit); /* as it is, not rounded */
	else
		add(out, "%s", figure_of(limit, info->unit).text);
}

/* All groups have to hold, and one leg of each; false: nothing is asked. */
static bool write_line(const struct rule *rule, enum severity severity,
		       struct out *out)
{
	unsigned last = 0;
	bool any = false;

	add(out, "%s ", severity_name(severity));
	for (size_t i = 0; i < rule->nlegs; i++)
		if (rule->legs[i].group > last)
			last = rule->legs[i].group;
	for (unsigned group = 1; group <= last; group++) {
		const char *before = any ? ", and " : "";

		for (size_t i = 0; i < rule->nlegs; i++) {
			const struct leg *leg = &rule->legs[i];
			double limit = limit_at(leg, severity);

			if (leg->group != group || isnan(limit))
				continue;
			add(out, "%s", before);
			add_leg(out, leg, limit);
			before = " or ";
			any = true;
		}
	}
	return any;
}

static bool is_meant(const struct rule *rule, const char *name)
{
	size_t len = strlen(name);

	return len && !strncasecmp(rule->name, name, len) &&
	       (!rule->name[len] || rule->name[len] == '-');
}

int verdict_rule_limits(const char *name, size_t i, char *buf, size_t size)
{
	for (size_t k = 0; k < ARRAY_SIZE(sets); k++) {
		for (size_t r = 0; r < sets[k]->count; r++) {
			const struct rule *rule = &sets[k]->rules[r];

			if (!is_meant(rule, name))
				continue;
			for (int s = rule->least; s <= (int)rule->most; s++) {
				struct out out = { .buf = buf, .size = size };

				if (write_line(rule, (enum severity)s, &out) &&
				    i-- == 0)
					return 0;
			}
		}
	}
	return -ENOENT;
}
