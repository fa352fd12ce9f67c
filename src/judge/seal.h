/* SPDX-License-Identifier: MIT
 *
 * Private to the files that write the verdict's words.
 */
#ifndef JUDGE_SEAL_H
#define JUDGE_SEAL_H

#include "words.h"

#define BRIEF_CELLS 72
#define ADVICE_SIZE 512

/* The same for wide screens and within 72 cells. */
struct line {
	char full[1152], brief[544];
};

/* seal.c: what is said of it, without title and beginning. */
void seal_words(const struct verdict_judge *judge,
		const struct finding *finding, struct words *ret);
/* naming.c: who holds, grows and waits. */
void write_who(const struct verdict_judge *judge, const struct finding *finding,
	       struct line *ret);
/* next.c: what would be killed, and whether it is so near that it is named. */
bool next_is_named(const struct verdict_judge *judge,
		   const struct finding *finding);
void write_next(const struct verdict_judge *judge,
		const struct finding *finding, struct line *ret);
/* Roles and identities of the subjects, without names. */
void put_subjects(const struct verdict_judge *judge,
		  const struct finding *finding, struct verdict *verdict);
/* The name of the i-th, untrusted; "" when there is none. */
const char *subject_name(const struct verdict_judge *judge,
			 const struct finding *finding,
			 const struct verdict *verdict, size_t i);

#endif
