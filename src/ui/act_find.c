/* SPDX-License-Identifier: MIT
 *
 * Finding: search moves the cursor and hides nothing; filter and user hide
 * rows and are named in the status line for as long as they do.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "memtop/text.h"

int find_set_filter(struct ui *ui, const char *text, char *ret_error,
		    size_t size)
{
	struct filter_error error = { 0 };
	struct filter *filter;
	int r = filter_parse(text, &filter, &error);

	if (r < 0) {
		snprintf(ret_error, size, "%s",
			 r == -EINVAL ? error.what : "no memory");
		return r;
	}
	filter_free(ui->filter);
	ui->filter = filter;
	if (text != ui->filter_text)
		snprintf(ui->filter_text, sizeof(ui->filter_text), "%s", text);
	table_rebuild(ui, ui_table(ui));
	return 0;
}

static void filter_changed(struct ui *ui, const char *text)
{
	struct rows *rows = &ui_table(ui)->rows;

	if (find_set_filter(ui, text, ui->prompt_error,
			    sizeof(ui->prompt_error)) == 0)
		snprintf(ui->prompt_error, sizeof(ui->prompt_error),
			 "%zu of %zu processes", rows->matched, rows->total);
}

static void filter_done(struct ui *ui, const char *text)
{
	char error[96];

	if (find_set_filter(ui, text, error, sizeof(error)) < 0)
		ui_message(ui, "filter: %s", error);
}

static void filter_cancelled(struct ui *ui)
{
	char error[96];

	find_set_filter(ui, ui->prompt_saved, error, sizeof(error));
}

static const struct prompt filter_prompt = {
	.label = "& filter: ",
	.changed = filter_changed,
	.done = filter_done,
	.cancelled = filter_cancelled,
};

void act_filter(struct ui *ui, int arg)
{
	(void)arg;
	if (ui->details)
		return;
	memcpy(ui->prompt_saved, ui->filter_text, sizeof(ui->filter_text));
	ui_open_prompt(ui, &filter_prompt, ui->filter_text);
}

bool find_clear(struct ui *ui)
{
	char error[96];

	if (ui->filter || *ui->user_filter) {
		ui->user_filter[0] = '\0';
		find_set_filter(ui, "", error, sizeof(error));
		return true;
	}
	if (ui->search[0]) {
		ui->search[0] = '\0';
		return true;
	}
	return false;
}

static bool has_upper(const char *s)
{
	for (; *s; s++)
		if (isupper((unsigned char)*s))
			return true;
	return false;
}

/* Case matters when the pattern has a capital letter. */
static bool contains(const char *text, const char *pattern)
{
	return has_upper(pattern) ? strstr(text, pattern) != NULL
				  : strcasestr(text, pattern) != NULL;
}

static bool row_matches(const struct row *row, const char *pattern)
{
	const struct process *p = row->process;
	char pid[16];

	if (row->label)
		return contains(row->label, pattern);
	snprintf(pid, sizeof(pid), "%d", (int)p->key.pid);
	return contains(p->comm, pattern) ||
	       contains(text_str(p->command), pattern) ||
	       strcmp(pid, pattern) == 0;
}

/* The next row that matches, from `from` on, around the end; -1: none. */
static ptrdiff_t find_match(const struct table *table, const char *pattern,
			    ptrdiff_t from, int direction)
{
	ptrdiff_t n = (ptrdiff_t)table->rows.count;

	for (ptrdiff_t i = 0; i < n; i++) {
		ptrdiff_t at = ((from + direction * i) % n + n) % n;

		if (row_matches(&table->rows.list[at], pattern))
			return at;
	}
	return -1;
}

static void count_matches(const struct table *table, const char *pattern,
			  char *buf, size_t size)
{
	size_t count = 0, which = 0;

	for (size_t i = 0; i < table->rows.count; i++) {
		if (!row_matches(&table->rows.list[i], pattern))
			continue;
		count++;
		if ((ptrdiff_t)i == table->cursor_row)
			which = count;
	}
	if (count)
		snprintf(buf, size, "match %zu of %zu, n N next", which, count);
	else
		snprintf(buf, size, "no match");
}

/* Back to where the cursor was when the search began. */
static ptrdiff_t search_origin(struct ui *ui)
{
	const struct table *table = ui_table(ui);
	ptrdiff_t row = table_find(table, ui->search_from);

	if (row < 0)
		row = table->cursor_row;
	return row < 0 ? 0 : row;
}

static void search_changed(struct ui *ui, const char *text)
{
	struct table *table = ui_table(ui);
	ptrdiff_t from = search_origin(ui), found = -1;

	ui->prompt_error[0] = '\0';
	if (*text)
		found = find_match(table, text, from, 1);
	table_select(table, found < 0 ? from : found);
	if (!*text)
		return;
	count_matches(table, text, ui->prompt_error, sizeof(ui->prompt_error));
}

static void search_done(struct ui *ui, const char *text)
{
	snprintf(ui->search, sizeof(ui->search), "%s", text);
	if (*text && find_match(ui_table(ui), text, 0, 1) < 0)
		ui_message(ui, "no match for %s", text);
}

static void search_cancelled(struct ui *ui)
{
	table_select(ui_table(ui), search_origin(ui));
}

static const struct prompt search_prompt = {
	.label = "/ search: ",
	.changed = search_changed,
	.done = search_done,
	.cancelled = search_cancelled,
};

void act_search(struct ui *ui, int arg)
{
	(void)arg;
	if (ui->details)
		return;
	ui->search_from = ui_table(ui)->cursor;
	ui_open_prompt(ui, &search_prompt, "");
}

void act_match(struct ui *ui, int direction)
{
	struct table *table = ui_table(ui);
	char text[64];
	ptrdiff_t found;

	if (ui->details)
		return;
	if (!ui->search[0]) {
		ui_message(ui, "nothing to search for; / asks");
		return;
	}
	found = find_match(table, ui->search, table->cursor_row + direction,
			   direction);
	table_select(table, found);
	count_matches(table, ui->search, text, sizeof(text));
	ui_message(ui, "/%.64s: %s", ui->search, text);
}

/* The names in the menu; one menu is open at a time. */
#define USERS_MAX 64
static char user_names[USERS_MAX][33];
static const char *user_items[USERS_MAX + 1];

static void user_picked(struct ui *ui, size_t index)
{
	snprintf(ui->user_filter, sizeof(ui->user_filter), "%s",
		 index ? user_names[index - 1] : "");
	table_rebuild(ui, ui_table(ui));
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

static size_t list_users(const struct snapshot *snapshot)
{
	size_t n = 0;

	for (size_t i = 0; i < snapshot->nprocesses && n < USERS_MAX; i++) {
		const struct text *user = snapshot->processes[i]->user;
		size_t k;

		if (!user)
			continue;
		for (k = 0; k < n && strcmp(user_names[k], text_str(user)); k++)
			;
		if (k == n && text_len(user) < sizeof(user_names[0]))
			strcpy(user_names[n++], text_str(user));
	}
	qsort(user_names, n, sizeof(user_names[0]), compare_names);
	return n;
}

void act_user(struct ui *ui, int arg)
{
	size_t n;

	(void)arg;
	if (!ui->snapshot)
		return;
	n = list_users(ui->snapshot);
	user_items[0] = "(all users)";
	for (size_t i = 0; i < n; i++)
		user_items[i + 1] = user_names[i];
	popup_menu(ui, "User", user_items, n + 1, user_picked);
}

void act_follow(struct ui *ui, int arg)
{
	struct table *table = ui_table(ui);

	(void)arg;
	table->follow = !table->follow;
	table->show_cursor = table->follow;
	if (table->cursor_row >= 0)
		table_select(table, table->cursor_row);
	ui_message(ui, table->follow ? "following the selected row"
				     : "not following any more");
}

/* A name and not what stands for one that is missing. */
static bool is_name(const char *name)
{
	return strcmp(name, "-") != 0 && strcmp(name, "?") != 0 &&
	       strcmp(name, "..") != 0;
}

void find_only(struct ui *ui, enum process_field id, const char *name)
{
	const struct field *field = &entities[ENTITY_PROCESS].fields[id];
	char text[sizeof(ui->filter_text)], error[96];
	int n = snprintf(text, sizeof(text), "%s=\"%s\"",
			 field->alias ? field->alias : field->name, name);

	if (!is_name(name)) {
		ui_message(ui, "they have no name to list them by");
		return;
	}
	if (id == PROCESS_USER) {
		snprintf(ui->user_filter, sizeof(ui->user_filter), "%s", name);
	} else if (n < 0 || (size_t)n >= sizeof(text) || strchr(name, '"')) {
		ui_message(ui, "this name can't be a filter");
		return;
	} else if (find_set_filter(ui, text, error, sizeof(error)) < 0) {
		ui_message(ui, "%s", error);
		return;
	}
	ui->tables[PANE_PROCESSES].query.group = GROUP_NONE;
	ui_show_pane(ui, PANE_PROCESSES);
	ui_message(ui, "only these processes; Esc shows all again");
}

/* The processes of the selected row's cgroup; of its user where there is no
 * cgroup to tell. */
void act_zoom(struct ui *ui, int arg)
{
	const struct process *p = ui_need_selected(ui);

	(void)arg;
	if (!p)
		return;
	if (text_len(p->cgroup))
		find_only(ui, PROCESS_CGROUP, text_str(p->cgroup));
	else if (p->user)
		find_only(ui, PROCESS_USER, text_str(p->user));
	else
		ui_message(ui, "neither its cgroup nor its user is known");
}
