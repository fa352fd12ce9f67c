/* SPDX-License-Identifier: MIT
 *
 * Which rules hold, by number, and how often they came: some rules ask about
 * others, and most advice is for what keeps coming back.  Judges nothing.
 */
#include <stdlib.h>

#include "judge.h"

unsigned rule_number(const char *name)
{
	unsigned long number = strtoul(name + 1, NULL, 10);

	return number < RULE_NUMBERS ? (unsigned)number : 0;
}

static void become(struct standing *standing, int severity)
{
	for (int s = standing->now + 1; s <= severity; s++)
		standing->times[s]++;
	standing->now = severity;
}

void standings_step(struct verdict_judge *judge, const struct finding *findings,
		    size_t count)
{
	int now[RULE_NUMBERS];

	for (size_t i = 0; i < RULE_NUMBERS; i++)
		now[i] = -1;
	for (size_t i = 0; i < count; i++) {
		unsigned number = rule_number(findings[i].rule->name);

		if (!findings[i].over &&
		    (int)findings[i].severity > now[number])
			now[number] = (int)findings[i].severity;
	}
	for (size_t i = 0; i < RULE_NUMBERS; i++)
		become(&judge->standings[i], now[i]);
}

static double severity_of(const struct verdict_judge *judge, unsigned number)
{
	int now = judge->standings[number].now;

	return now > SEVERITY_OK ? now : NAN;
}

void facts_of_standings(struct verdict_judge *judge)
{
	double *v = judge->facts.value;

	v[FACT_LOW_NOW] = severity_of(judge, 3);
	v[FACT_THRASH_NOW] = severity_of(judge, 9);
	v[FACT_SHORT_NOW] =
		fmax(fmax(severity_of(judge, 3), severity_of(judge, 12)),
		     severity_of(judge, 13));
}
