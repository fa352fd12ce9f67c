/* SPDX-License-Identifier: MIT
 *
 * THE tables of what can be done and with which keys; dispatch, help, key bar
 * and manual read them.  Apart from what actions do: a key is changed here
 * and nowhere else.
 */
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "oom_what_if.h"

#define ANY	WHERE_ALL
#define TABLES	WHERE_TABLE
#define ROWS	WHERE_PANES
#define LISTS	(WHERE_PANES | WHERE_MAPPINGS)
#define SCROLLS (LISTS | WHERE_SCROLLS)
#define TREES	(WHERE_PROCESSES | WHERE_LISTINGS)
#define DETAILS                                                           \
	(WHERE_DETAILS | WHERE_SUMMARY | WHERE_MAPPINGS | WHERE_HISTORY | \
	 WHERE_OOM_PAGE)
#define USERS (WHERE_PROCESSES | WHERE_SWAP | WHERE_OOM | WHERE_THP)

/* clang-format off */
const struct action actions[] = {
	/* move */
	{ .name = "up", .help = "one row up, down", .group = ACT_MOVE,
	  .where = SCROLLS, .run = act_move,
	  .arg = MOVE_ARG(MOVE_ROW, -1) },
	{ .name = "down", .group = ACT_MOVE, .where = SCROLLS,
	  .run = act_move, .arg = MOVE_ARG(MOVE_ROW, 1) },
	{ .name = "page-up", .help = "one page up, down", .group = ACT_MOVE,
	  .where = SCROLLS, .run = act_move, .arg = MOVE_ARG(MOVE_PAGE, -1) },
	{ .name = "page-down", .group = ACT_MOVE, .where = SCROLLS,
	  .run = act_move, .arg = MOVE_ARG(MOVE_PAGE, 1) },
	{ .name = "half-up", .help = "half a page up, down",
	  .group = ACT_MOVE, .where = SCROLLS, .run = act_move,
	  .arg = MOVE_ARG(MOVE_HALF, -1) },
	{ .name = "half-down", .group = ACT_MOVE, .where = SCROLLS,
	  .run = act_move, .arg = MOVE_ARG(MOVE_HALF, 1) },
	{ .name = "first", .help = "first, last row", .group = ACT_MOVE,
	  .where = SCROLLS | WHERE_HISTORY, .run = act_move,
	  .arg = MOVE_ARG(MOVE_END, -1) },
	{ .name = "last", .group = ACT_MOVE, .where = SCROLLS | WHERE_HISTORY,
	  .run = act_move, .arg = MOVE_ARG(MOVE_END, 1) },
	{ .name = "left", .help = "column left, right; time in History",
	  .group = ACT_MOVE, .where = ROWS | WHERE_HISTORY,
	  .run = act_column, .arg = -1 },
	{ .name = "right", .group = ACT_MOVE,
	  .where = ROWS | WHERE_HISTORY, .run = act_column, .arg = 1 },
	{ .name = "open", .help = "details of the row, members of a group",
	  .label = "Open", .bar = 3, .group = ACT_MOVE,
	  .where = LISTS | WHERE_SUMMARY, .run = act_open },
	{ .name = "back", .help = "back; clear filter, search; never quits",
	  .group = ACT_MOVE, .where = ANY, .run = act_back },
	{ .name = "next-pane", .help = "next, previous pane",
	  .group = ACT_MOVE, .where = ROWS, .run = act_pane_step, .arg = 1 },
	{ .name = "previous-pane", .group = ACT_MOVE, .where = ROWS,
	  .run = act_pane_step, .arg = -1 },
	{ .name = "next-page", .help = "next, previous page",
	  .group = ACT_MOVE, .where = DETAILS, .run = act_page_step,
	  .arg = 1 },
	{ .name = "previous-page", .group = ACT_MOVE, .where = DETAILS,
	  .run = act_page_step, .arg = -1 },
	{ .name = "overview", .help = "pane by its number", .label = "Panes",
	  .bar = 4, .group = ACT_MOVE, .where = ROWS, .run = act_pane,
	  .arg = PANE_OVERVIEW },
	{ .name = "processes", .label = "Panes", .bar = 4, .group = ACT_MOVE,
	  .where = ROWS, .run = act_pane, .arg = PANE_PROCESSES },
	{ .name = "swap", .label = "Panes", .bar = 4, .group = ACT_MOVE,
	  .where = ROWS, .run = act_pane, .arg = PANE_SWAP },
	{ .name = "oom", .label = "Panes", .bar = 4, .group = ACT_MOVE,
	  .where = ROWS, .run = act_pane, .arg = PANE_OOM },
	{ .name = "thp", .label = "Panes", .bar = 4, .group = ACT_MOVE,
	  .where = ROWS, .run = act_pane, .arg = PANE_THP },
	{ .name = "cgroups", .label = "Panes", .bar = 4, .group = ACT_MOVE,
	  .where = ROWS, .run = act_pane, .arg = PANE_CGROUPS },
	{ .name = "kernel", .label = "Panes", .bar = 4, .group = ACT_MOVE,
	  .where = ROWS, .run = act_pane, .arg = PANE_KERNEL },
	{ .name = "events", .label = "Panes", .bar = 4, .group = ACT_MOVE,
	  .where = ROWS, .run = act_pane, .arg = PANE_EVENTS },
	{ .name = "ram", .label = "Panes", .bar = 4, .group = ACT_MOVE,
	  .where = ROWS, .run = act_pane, .arg = PANE_RAM },
	{ .name = "page-summary", .help = "page by its number",
	  .label = "Pages", .bar = 4, .group = ACT_MOVE, .where = DETAILS,
	  .run = act_page, .arg = PAGE_SUMMARY },
	{ .name = "page-mappings", .label = "Pages", .bar = 4,
	  .group = ACT_MOVE, .where = DETAILS, .run = act_page,
	  .arg = PAGE_MAPPINGS },
	{ .name = "page-history", .label = "Pages", .bar = 4,
	  .group = ACT_MOVE, .where = DETAILS, .run = act_page,
	  .arg = PAGE_HISTORY },
	{ .name = "page-oom", .label = "Pages", .bar = 4, .group = ACT_MOVE,
	  .where = DETAILS, .run = act_page, .arg = PAGE_OOM },
	{ .name = "page-limits", .label = "Pages", .bar = 4,
	  .group = ACT_MOVE, .where = DETAILS, .run = act_page,
	  .arg = PAGE_LIMITS },
	{ .name = "close", .help = "close the top layer; on a pane: quit",
	  .label = "Quit", .bar = 255, .group = ACT_MOVE, .where = ANY,
	  .run = act_close },
	{ .name = "quit", .help = "quit at once", .group = ACT_MOVE,
	  .where = ANY, .always = true, .run = act_quit },
	{ .name = "suspend", .help = "suspend; fg comes back",
	  .group = ACT_MOVE, .where = ANY, .always = true,
	  .run = act_suspend },
	{ .name = "redraw", .help = "redraw from scratch", .group = ACT_MOVE,
	  .where = ANY, .always = true, .run = act_redraw },

	/* find and filter */
	{ .name = "search", .help = "search", .label = "Search", .bar = 6,
	  .group = ACT_FIND, .where = LISTS, .run = act_search },
	{ .name = "next-match", .help = "next, previous match",
	  .group = ACT_FIND, .where = LISTS, .run = act_match, .arg = 1 },
	{ .name = "previous-match", .group = ACT_FIND, .where = LISTS,
	  .run = act_match, .arg = -1 },
	{ .name = "filter", .help = "filter rows; empty clears",
	  .label = "Filter", .bar = 7, .group = ACT_FIND, .where = ROWS,
	  .run = act_filter },
	{ .name = "user", .help = "one user only", .group = ACT_FIND,
	  .where = TABLES, .run = act_user },
	{ .name = "follow", .help = "follow the row through re-sorts",
	  .group = ACT_FIND, .where = ROWS, .run = act_follow },
	{ .name = "severity", .help = "all events, WARN and CRIT, CRIT",
	  .label = "Severity", .bar = 8, .group = ACT_FIND,
	  .where = WHERE_EVENTS, .run = act_severity },
	{ .name = "command-line", .help = "command, or a time to go to",
	  .group = ACT_FIND, .where = ANY, .run = act_command_line },
	{ .name = "zoom", .help = "processes of this user or cgroup",
	  .group = ACT_FIND, .where = USERS | WHERE_CGROUPS,
	  .run = act_zoom },

	/* explain */
	{ .name = "help", .help = "these keys", .label = "Help", .bar = 1,
	  .group = ACT_EXPLAIN, .where = ANY, .run = popup_help },
	{ .name = "explain", .help = "explain the field; again: help",
	  .label = "Explain", .bar = 2, .group = ACT_EXPLAIN, .where = ANY,
	  .run = popup_explain },
	{ .name = "access", .help = "what is not permitted, and the remedy",
	  .group = ACT_EXPLAIN, .where = ANY, .run = popup_access },

	/* order and view */
	{ .name = "sort-left", .help = "sort by the next column left, right",
	  .label = "Sort", .bar = 10, .group = ACT_VIEW,
	  .where = ROWS | WHERE_MAPPINGS, .run = act_sort_step, .arg = -1 },
	{ .name = "sort-right", .label = "Sort", .bar = 10,
	  .group = ACT_VIEW, .where = ROWS | WHERE_MAPPINGS,
	  .run = act_sort_step, .arg = 1 },
	{ .name = "sort-here", .help = "sort by the column under the cursor",
	  .group = ACT_VIEW, .where = ROWS, .run = act_sort_here },
	{ .name = "sort-menu", .help = "choose what to sort by",
	  .group = ACT_VIEW, .where = ROWS | WHERE_MAPPINGS,
	  .run = act_sort_menu },
	{ .name = "reverse", .help = "reverse the order", .group = ACT_VIEW,
	  .where = ROWS | WHERE_MAPPINGS, .run = act_reverse },
	{ .name = "sort-pss", .help = "sort by PSS, swap, growth, OOM order",
	  .group = ACT_VIEW, .where = TABLES, .run = act_sort_by,
	  .arg = PROCESS_PSS },
	{ .name = "sort-swap", .group = ACT_VIEW, .where = TABLES,
	  .run = act_sort_by, .arg = PROCESS_SWAP },
	{ .name = "sort-growth", .group = ACT_VIEW, .where = TABLES,
	  .run = act_sort_by, .arg = PROCESS_GROWTH_RATE },
	{ .name = "sort-oom", .group = ACT_VIEW, .where = TABLES,
	  .run = act_sort_by, .arg = PROCESS_OOM_SCORE },
	{ .name = "tree", .help = "tree on, off", .label = "Tree", .bar = 11,
	  .group = ACT_VIEW, .where = TREES, .run = act_tree },
	{ .name = "expand", .help = "expand, collapse", .group = ACT_VIEW,
	  .where = TREES | WHERE_MAPPINGS, .run = act_expand },
	{ .name = "collapse", .group = ACT_VIEW,
	  .where = TREES | WHERE_MAPPINGS, .run = act_collapse },
	{ .name = "expand-all", .help = "expand, collapse all",
	  .group = ACT_VIEW, .where = TREES | WHERE_MAPPINGS,
	  .run = act_expand_all },
	{ .name = "group", .help = "group by user, command, cgroup",
	  .label = "Group", .bar = 12, .group = ACT_VIEW,
	  .where = USERS | WHERE_MAPPINGS, .run = act_group },
	{ .name = "active", .help = "all rows, only active rows",
	  .group = ACT_VIEW, .where = ROWS, .run = act_active },
	{ .name = "columns", .help = "choose columns", .label = "Columns",
	  .bar = 13, .group = ACT_VIEW, .where = USERS | WHERE_LISTINGS,
	  .run = popup_columns },
	{ .name = "command", .help = "command name, full line",
	  .group = ACT_VIEW, .where = TABLES, .run = act_command },
	{ .name = "whole-command", .help = "whole command line, wrapped",
	  .group = ACT_VIEW, .where = ANY, .run = popup_command },
	{ .name = "unit", .help = "unit: auto, K, M, G", .group = ACT_VIEW,
	  .where = ANY, .run = act_unit },
	{ .name = "block-size", .help = "free blocks: large enough for what",
	  .group = ACT_VIEW, .where = WHERE_KERNEL, .run = act_block_size },
	{ .name = "header", .help = "header: full, one line, off",
	  .group = ACT_VIEW, .where = ANY, .run = act_header },
	{ .name = "theme", .help = "next colour theme", .group = ACT_VIEW,
	  .where = ANY, .run = act_theme },
	{ .name = "delay", .help = "delay between samples",
	  .group = ACT_VIEW, .where = ANY, .run = act_delay },
	{ .name = "rescan-row", .help = "read this process now",
	  .group = ACT_VIEW, .where = ANY, .run = act_rescan_row },
	{ .name = "difference", .help = "difference of two reads",
	  .group = ACT_VIEW, .where = WHERE_MAPPINGS, .run = act_page_only },
	{ .name = "zoom-in", .help = "shorter, longer time",
	  .group = ACT_VIEW, .where = WHERE_HISTORY, .run = act_page_only },
	{ .name = "zoom-out", .group = ACT_VIEW, .where = WHERE_HISTORY,
	  .run = act_page_only },
	{ .name = "save-settings", .help = "save settings now",
	  .group = ACT_VIEW, .where = ANY, .run = act_save_settings },

	/* time */
	{ .name = "pause", .help = "pause; back to live", .label = "Pause",
	  .bar = 5, .group = ACT_TIME, .where = ANY, .run = act_pause },
	{ .name = "sample-back", .help = "one sample back (pauses), on",
	  .label = "Step", .bar = 9, .group = ACT_TIME, .where = ANY,
	  .run = act_sample, .arg = -1 },
	{ .name = "sample-on", .label = "Step", .bar = 9, .group = ACT_TIME,
	  .where = ANY, .run = act_sample, .arg = 1 },
	{ .name = "minute-back", .help = "one minute back (pauses), on",
	  .group = ACT_TIME, .where = ANY, .run = act_minute, .arg = -1 },
	{ .name = "minute-on", .group = ACT_TIME, .where = ANY,
	  .run = act_minute, .arg = 1 },
	{ .name = "event-back", .help = "previous event (pauses), next",
	  .label = "Event", .bar = 15, .group = ACT_TIME, .where = ANY,
	  .run = act_event, .arg = -1 },
	{ .name = "event-on", .label = "Event", .bar = 15, .group = ACT_TIME,
	  .where = ANY, .run = act_event, .arg = 1 },
	{ .name = "faster", .help = "play a recording faster, slower",
	  .label = "Speed", .bar = 9, .group = ACT_TIME, .where = ANY,
	  .run = act_speed, .arg = 1 },
	{ .name = "slower", .label = "Speed", .bar = 9, .group = ACT_TIME,
	  .where = ANY, .run = act_speed, .arg = -1 },

	/* act */
	{ .name = "signal", .help = "send a signal (asks)", .label = "Kill",
	  .bar = 8, .group = ACT_CHANGE, .where = ANY, .run = dialog_signal },
	{ .name = "adj", .help = "set oom_score_adj (asks)", .label = "Adj",
	  .bar = 14, .group = ACT_CHANGE, .where = ANY, .run = dialog_adj },
	{ .name = "adj-less", .help = "what if adj were less, more by 50",
	  .label = "What-if", .bar = 7, .group = ACT_CHANGE,
	  .where = WHERE_OOM | WHERE_OOM_PAGE, .run = act_what_if,
	  .arg = -ADJ_STEP },
	{ .name = "adj-more", .label = "What-if", .bar = 7,
	  .group = ACT_CHANGE, .where = WHERE_OOM | WHERE_OOM_PAGE,
	  .run = act_what_if, .arg = ADJ_STEP },
	{ .name = "mark", .help = "mark, unmark the row",
	  .group = ACT_CHANGE, .where = TABLES | WHERE_HISTORY,
	  .run = act_mark },
	{ .name = "unmark-all", .help = "unmark all", .group = ACT_CHANGE,
	  .where = TABLES, .run = act_unmark_all },
	{ .name = "reclaim", .help = "reclaim memory from the group (asks)",
	  .label = "Reclaim", .bar = 14, .group = ACT_CHANGE,
	  .where = WHERE_CGROUPS, .run = dialog_room, .arg = JOB_RECLAIM },
	{ .name = "compact", .help = "compact memory (asks)",
	  .label = "Compact", .bar = 14, .group = ACT_CHANGE,
	  .where = WHERE_KERNEL, .run = dialog_room, .arg = JOB_COMPACT },
	{ .name = "save-view", .help = "save this table to a file",
	  .group = ACT_CHANGE, .where = ROWS, .run = act_save_view },
};

const struct binding bindings[] = {
	{ KEYCODE_UP, "Up", "up" },		{ 'k', "k", "up" },
	{ KEYCODE_DOWN, "Down", "down" },	{ 'j', "j", "down" },
	{ KEYCODE_PAGE_UP, "PgUp", "page-up" },
	{ KEYCODE_CTRL('b'), "^B", "page-up" },
	{ KEYCODE_PAGE_DOWN, "PgDn", "page-down" },
	{ KEYCODE_CTRL('f'), "^F", "page-down" },
	{ KEYCODE_CTRL('u'), "^U", "half-up" },
	{ KEYCODE_CTRL('d'), "^D", "half-down" },
	{ 'g', "g", "first" },			{ KEYCODE_HOME, "Home", "first" },
	{ 'G', "G", "last" },			{ KEYCODE_END, "End", "last" },
	{ KEYCODE_LEFT, "Left", "left" },	{ KEYCODE_RIGHT, "Right", "right" },
	{ KEYCODE_ENTER, "Enter", "open" },
	{ KEYCODE_ESC, "Esc", "back" },
	{ KEYCODE_BACKSPACE, "Backspace", "back" },
	{ KEYCODE_TAB, "Tab", "next-pane" },
	{ KEYCODE_BACKTAB, "S-Tab", "previous-pane" },
	{ KEYCODE_TAB, "Tab", "next-page" },
	{ KEYCODE_BACKTAB, "S-Tab", "previous-page" },
	{ '1', "1", "overview" },		{ '1', "1", "page-summary" },
	{ '2', "2", "processes" },		{ '2', "2", "page-mappings" },
	{ '3', "3", "swap" },			{ '3', "3", "page-history" },
	{ '4', "4", "oom" },			{ '4', "4", "page-oom" },
	{ '5', "5", "thp" },			{ '5', "5", "page-limits" },
	{ '6', "6", "cgroups" },		{ '7', "7", "kernel" },
	{ '8', "8", "events" },
	{ '9', "9", "ram" },
	{ 'q', "q", "close" },
	{ 'Q', "Q", "quit" },			{ KEYCODE_F0 + 10, "F10", "quit" },
	{ KEYCODE_CTRL('c'), "^C", "quit" },
	{ KEYCODE_CTRL('z'), "^Z", "suspend" },
	{ KEYCODE_CTRL('l'), "^L", "redraw" },

	{ '/', "/", "search" },			{ KEYCODE_F0 + 3, "F3", "search" },
	{ 'n', "n", "next-match" },		{ 'N', "N", "previous-match" },
	{ '&', "&", "filter" },			{ '\\', "\\", "filter" },
	{ KEYCODE_F0 + 4, "F4", "filter" },
	{ 'u', "u", "user" },			{ 'F', "F", "follow" },
	{ 'i', "i", "severity" },
	{ ':', ":", "command-line" },		{ 'p', "p", "zoom" },

	{ 'h', "h", "help" },			{ KEYCODE_F0 + 1, "F1", "help" },
	{ '?', "?", "explain" },		{ 'A', "A", "access" },

	{ '<', "<", "sort-left" },		{ '>', ">", "sort-right" },
	{ '.', ".", "sort-here" },		{ KEYCODE_F0 + 6, "F6", "sort-menu" },
	{ 'R', "R", "reverse" },		{ 'I', "I", "reverse" },
	{ 'M', "M", "sort-pss" },		{ 'S', "S", "sort-swap" },
	{ 'D', "D", "sort-growth" },		{ 'O', "O", "sort-oom" },
	{ 't', "t", "tree" },			{ KEYCODE_F0 + 5, "F5", "tree" },
	{ 'V', "V", "tree" },
	{ '+', "+", "expand" },			{ '-', "-", "collapse" },
	{ '*', "*", "expand-all" },
	{ '+', "+", "zoom-in" },		{ '-', "-", "zoom-out" },
	{ '=', "=", "difference" },
	{ 'b', "b", "group" },			{ 'a', "a", "active" },
	{ 'f', "f", "columns" },		{ 'c', "c", "command" },
	{ 'w', "w", "whole-command" },		{ 'e', "e", "unit" },
	{ 'v', "v", "block-size" },
	{ '#', "#", "header" },			{ 'C', "C", "theme" },
	{ 'd', "d", "delay" },			{ 'r', "r", "rescan-row" },
	{ 'W', "W", "save-settings" },

	{ ' ', "Space", "pause" },		{ 'z', "z", "pause" },
	{ 'Z', "Z", "pause" },
	{ '[', "[", "sample-back" },		{ ']', "]", "sample-on" },
	{ '(', "(", "minute-back" },		{ ')', ")", "minute-on" },
	{ '{', "{", "event-back" },		{ '}', "}", "event-on" },
	{ 'x', "x", "faster" },		{ 'X', "X", "slower" },

	{ 'K', "K", "signal" },			{ KEYCODE_F0 + 9, "F9", "signal" },
	{ 'o', "o", "adj" },
	{ '-', "-", "adj-less" },		{ '+', "+", "adj-more" },
	{ KEYCODE_F0 + 7, "F7", "adj-less" },
	{ KEYCODE_F0 + 8, "F8", "adj-more" },
	{ 'm', "m", "mark" },			{ KEYCODE_INSERT, "Ins", "mark" },
	{ 'm', "m", "reclaim" },		{ 'm', "m", "compact" },
	{ 'U', "U", "unmark-all" },		{ 's', "s", "save-view" },
};
/* clang-format on */

const size_t action_count = ARRAY_SIZE(actions);
const size_t binding_count = ARRAY_SIZE(bindings);

static const struct action *action_by_name(const char *name)
{
	for (size_t i = 0; i < action_count; i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

const struct action *action_for_key(int key, unsigned where)
{
	const struct action *action;

	for (size_t i = 0; i < binding_count; i++) {
		if (bindings[i].key != key)
			continue;
		action = action_by_name(bindings[i].action);
		if (action && (action->where & where))
			return action;
	}
	return NULL;
}

/* The nth key of that action, or NULL. */
static const char *nth_key(const struct action *action, size_t n)
{
	for (size_t i = 0; i < binding_count; i++)
		if (strcmp(bindings[i].action, action->name) == 0 && n-- == 0)
			return bindings[i].key_name;
	return NULL;
}

void action_keys(const struct action *action, char *buf, size_t size)
{
	const struct action *end = action + 1;
	bool more = true;
	size_t at = 0;

	while (end < actions + action_count && !end->help)
		end++;
	buf[0] = '\0';
	for (size_t n = 0; more; n++) {
		more = false;
		for (const struct action *a = action; a < end; a++) {
			const char *key = nth_key(a, n);

			if (!key || at >= size)
				continue;
			more = true;
			at += (size_t)snprintf(buf + at, size - at, "%s%s",
					       at ? " " : "", key);
		}
	}
}
