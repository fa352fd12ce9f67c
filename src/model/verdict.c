/* SPDX-License-Identifier: MIT
 *
 * A verdict as something to keep: its texts one after another, and whether
 * two are the same.  Concludes nothing; that is a judge's business.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "memtop/snapshot.h"

const struct text **verdict_text(struct verdict *verdict, size_t i)
{
	const struct text **const own[] = {
		&verdict->text,	     &verdict->brief,	   &verdict->who,
		&verdict->who_brief, &verdict->next,	   &verdict->next_brief,
		&verdict->todo,	     &verdict->todo_brief, &verdict->advice,
	};

	static_assert(ARRAY_SIZE(own) + VERDICT_SUBJECTS + VERDICT_ALSO ==
			      VERDICT_TEXTS,
		      "all texts");
	if (i < ARRAY_SIZE(own))
		return own[i];
	i -= ARRAY_SIZE(own);
	if (i < VERDICT_SUBJECTS)
		return &verdict->subjects[i].name;
	return &verdict->also[i - VERDICT_SUBJECTS].text;
}

static const struct text *text_at(const struct verdict *verdict, size_t i)
{
	return *verdict_text((struct verdict *)verdict, i);
}

void verdict_ref_texts(const struct verdict *verdict)
{
	for (size_t i = 0; i < VERDICT_TEXTS; i++)
		text_ref(text_at(verdict, i));
}

void verdict_unref_texts(const struct verdict *verdict)
{
	for (size_t i = 0; i < VERDICT_TEXTS; i++)
		text_unref(text_at(verdict, i));
}

static bool same_name(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static bool same_evidence(const struct evidence *a, const struct evidence *b)
{
	return same_name(a->name, b->name) && a->unit == b->unit &&
	       a->comparison == b->comparison &&
	       same_number(a->value, b->value) &&
	       same_number(a->limit, b->limit);
}

static bool same_subject(const struct subject *a, const struct subject *b)
{
	return a->pid == b->pid && a->start_ns == b->start_ns &&
	       a->role == b->role && a->certainty == b->certainty;
}

static bool same_also(const struct also *a, const struct also *b)
{
	return same_name(a->rule, b->rule) && a->severity == b->severity &&
	       a->at_least == b->at_least &&
	       a->since_realtime_ns == b->since_realtime_ns;
}

bool verdict_equal(const struct verdict *a, const struct verdict *b)
{
	if (a->severity != b->severity || !same_name(a->rule, b->rule) ||
	    a->since_realtime_ns != b->since_realtime_ns ||
	    a->at_least != b->at_least)
		return false;
	for (size_t i = 0; i < VERDICT_TEXTS; i++)
		if (!text_equal(text_at(a, i), text_at(b, i)))
			return false;
	for (size_t i = 0; i < VERDICT_EVIDENCE; i++)
		if (!same_evidence(&a->evidence[i], &b->evidence[i]))
			return false;
	for (size_t i = 0; i < VERDICT_SUBJECTS; i++)
		if (!same_subject(&a->subjects[i], &b->subjects[i]))
			return false;
	for (size_t i = 0; i < VERDICT_ALSO; i++)
		if (!same_also(&a->also[i], &b->also[i]))
			return false;
	return true;
}
