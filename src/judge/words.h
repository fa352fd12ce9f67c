/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: figures as rules write them into their sentences.
 */
#ifndef JUDGE_WORDS_H
#define JUDGE_WORDS_H

#include "judge.h"

struct figure {
	char text[FORMAT_SIZE];
};

/* "1.6G", "3%", "15.6k": a fact, in its unit. */
struct figure figure(const struct verdict_judge *judge, enum fact id);
struct figure figure_of(double value, uint32_t unit);
/* Pages a second as bytes a second. */
struct figure figure_pages(const struct verdict_judge *judge, enum fact id);
/* A time that is a guess: "~20 s", "~5 min", "under an hour". */
struct figure figure_eta(double ns);

__attribute__((format(printf, 2, 3))) void words_text(struct words *words,
						      const char *format, ...);
__attribute__((format(printf, 2, 3))) void words_brief(struct words *words,
						       const char *format, ...);

/* "4s", "12m": how long ago something happened.  No finer than the samples: 0s
 * is now. */
char *words_ago(char buf[FORMAT_SIZE], uint64_t ns);

/* "java[48213]", with bytes that a terminal may be given. */
void person_text(const struct person *person, char *buf, size_t size);

#endif
