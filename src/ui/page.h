/* SPDX-License-Identifier: MIT
 *
 * Private to the details pages: the descriptors that pages[] collects and
 * the few things that several pages draw alike.
 */
#ifndef UI_PAGE_H
#define UI_PAGE_H

#include "ui.h"

extern const struct page page_summary, page_mappings, page_history, page_oom,
	page_limits;

#endif
