/* SPDX-License-Identifier: MIT
 *
 * Private to the two halves of the filter: what an expression becomes.
 */
#ifndef MODEL_FILTER_H
#define MODEL_FILTER_H

#include "memtop/rows.h"

enum op {
	OP_CONTAINS,
	OP_EQUAL,
	OP_ABOVE,
	OP_BELOW,
	OP_AT_LEAST,
	OP_AT_MOST,
};

struct term {
	const struct field *field; /* NULL: command or comm */
	enum op op;
	bool negated, any_case;
	double number;
	char *text; /* NULL: a number is compared */
	size_t len;
};

struct filter {
	const struct entity *entity;
	size_t count;
	struct term terms[];
};

#endif
