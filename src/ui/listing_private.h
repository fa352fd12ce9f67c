/* SPDX-License-Identifier: MIT
 *
 * Private to the files of a listing: actions that are more than a line.
 */
#ifndef UI_LISTING_PRIVATE_H
#define UI_LISTING_PRIVATE_H

#include "listing.h"

void listing_filter(struct ui *ui, struct listing *listing, int arg);
void listing_search(struct ui *ui, struct listing *listing, int arg);
void listing_match(struct ui *ui, struct listing *listing, int direction);

#endif
