/* SPDX-License-Identifier: MIT
 *
 * The system files that are read, in this order.  A new one is a file that
 * ends in its descriptor, and a row here.
 */
#include "collect.h"

const struct collector *const collectors[] = {
	&collect_meminfo, &collect_vmstat, &collect_pressure,
	&collect_swaps,	  &collect_thp,	   &collect_load,
};
const size_t collector_count = ARRAY_SIZE(collectors);
