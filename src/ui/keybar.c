/* SPDX-License-Identifier: MIT
 *
 * The key bar: the keys of this place, read from the tables of keys, the most
 * useful first, as many as there is room for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "head.h"
#include "tiles.h"

/* The first key of an action. */
static const char *first_key(const struct action *action)
{
	for (size_t i = 0; i < binding_count; i++)
		if (strcmp(bindings[i].action, action->name) == 0)
			return bindings[i].key_name;
	return "";
}

/* One word of the bar with the keys of all actions that share it: "[ ] Step",
 * "1-5 Panes". */
struct word {
	const char *label;
	unsigned bar;
	char keys[32];
	unsigned count;
	const char *last;
};

static void word_add(struct word *word, const char *key)
{
	size_t len = strlen(word->keys);

	word->count++;
	word->last = key;
	if (word->count > 2) /* a range */
		snprintf(word->keys + 1, sizeof(word->keys) - 1, "-%s", key);
	else
		snprintf(word->keys + len, sizeof(word->keys) - len, "%s%s",
			 len ? " " : "", key);
}

/* A recording can't be changed, and nothing else can be played; where no
 * processes are shown none can be killed. */
static bool is_off(const struct ui *ui, const struct action *action)
{
	const struct listing *listing = tiles_listing(ui);

	if (action->run == act_speed)
		return !ui->recording;
	if (action->run == act_tree && listing && !listing->spec->parent)
		return true;
	return (ui->recording || (listing && !ui->details)) &&
	       (action->run == dialog_signal || action->run == dialog_adj);
}

static size_t collect_words(const struct ui *ui, struct word *words, size_t max)
{
	unsigned where = ui_where(ui);
	size_t n = 0;

	for (size_t i = 0; i < action_count; i++) {
		const struct action *a = &actions[i];
		size_t w;

		if (!a->label || !(a->where & where) || is_off(ui, a))
			continue;
		for (w = 0; w < n && strcmp(words[w].label, a->label); w++)
			;
		if (w == max)
			continue;
		if (w == n) {
			words[n++] = (struct word){ .label = a->label,
						    .bar = a->bar };
		}
		word_add(&words[w], first_key(a));
	}
	return n;
}

static int compare_words(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	return (int)x->bar - (int)y->bar;
}

static int word_cells(const struct word *word)
{
	return (int)(strlen(word->keys) + 1 + strlen(word->label));
}

static int draw_word(const struct ui *ui, const struct canvas *c, int col,
		     const struct word *word)
{
	const char *label = word->label;

	if (ui->recording && strcmp(label, "Pause") == 0)
		label = "Play/pause";
	else if (ui->paused && strcmp(label, "Pause") == 0)
		label = "Live";
	if (word->bar == 255 && ui->details)
		label = "Back";
	col = draw_text(c, 0, col, STYLE_KEY, word->keys);
	return draw_text(c, 0, col + 1, STYLE_NORMAL, label) + 2;
}

void footer_keys(struct ui *ui, const struct canvas *c)
{
	struct word words[32];
	size_t n = collect_words(ui, words, ARRAY_SIZE(words));
	int last, col = 0;

	if (!n)
		return;
	qsort(words, n, sizeof(words[0]), compare_words);
	/* the last word is how to get out: it always has its place */
	last = word_cells(&words[n - 1]);
	for (size_t i = 0; i + 1 < n; i++)
		if (col + word_cells(&words[i]) + 2 + last <= c->cols)
			col = draw_word(ui, c, col, &words[i]);
	draw_word(ui, c, col, &words[n - 1]);
}
