/* SPDX-License-Identifier: MIT
 *
 * Private to ui/: the state of the screen and what panes, popups and prompts
 * are.  A pane is one file that ends in its descriptor; a key is one row of
 * bindings[].
 *
 * The screen is a stack: pane < details page < popup < prompt.  Keys go to
 * the top; Esc removes one layer.  Drawing only reads; acting only happens in
 * actions.  Nothing here reads a kernel file or a clock.
 */
#ifndef UI_UI_H
#define UI_UI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "draw.h"
#include "memtop/forecast.h"
#include "memtop/format.h"
#include "memtop/history.h"
#include "memtop/killer.h"
#include "memtop/rows.h"
#include "memtop/source.h"
#include "order.h"
#include "term.h"

struct ui;
struct tile;
struct tiles;

/* ---- actions and keys -------------------------------------------------- */

/* Where a binding holds; a mask. */
enum where {
	WHERE_OVERVIEW = 1 << 0,
	WHERE_PROCESSES = 1 << 1,
	WHERE_SWAP = 1 << 2,
	WHERE_OOM = 1 << 3,
	WHERE_THP = 1 << 4,
	WHERE_DETAILS = 1 << 5,	 /* every details page */
	WHERE_MAPPINGS = 1 << 6, /* that page */
	WHERE_HISTORY = 1 << 7,	 /* that page */
	WHERE_SUMMARY = 1 << 8,	 /* that page */
	WHERE_KERNEL = 1 << 9,
	WHERE_CGROUPS = 1 << 10,
	WHERE_EVENTS = 1 << 11,
	WHERE_RAM = 1 << 12,
	WHERE_OOM_PAGE = 1 << 13, /* that page */
	WHERE_SCROLLS = 1 << 14,  /* pages that scroll as a whole */
	/* panes of listings (tiles.h), a bit each */
	WHERE_LISTINGS =
		WHERE_KERNEL | WHERE_CGROUPS | WHERE_EVENTS | WHERE_RAM,
	WHERE_TABLE = WHERE_OVERVIEW | WHERE_PROCESSES | WHERE_SWAP |
		      WHERE_OOM | WHERE_THP,
	WHERE_PANES = WHERE_TABLE | WHERE_LISTINGS,
	WHERE_ALL = WHERE_PANES | WHERE_DETAILS | WHERE_SUMMARY |
		    WHERE_MAPPINGS | WHERE_HISTORY | WHERE_OOM_PAGE |
		    WHERE_SCROLLS,
};

/* clang-format off */
enum action_group { ACT_MOVE, ACT_FIND, ACT_EXPLAIN, ACT_VIEW, ACT_TIME,
		    ACT_CHANGE, ACT_GROUP_COUNT };
/* clang-format on */

/* One thing a key does: THE table for dispatch, help, footer and manual. */
struct action {
	const char *name; /* "sort-pss" */
	/* "one row up, down"; NULL: it shares the line of the one above it */
	const char *help;
	const char *label; /* word in the key bar, or NULL: not there */
	uint8_t bar;	   /* place in the key bar, 1 first */
	enum action_group group;
	unsigned where;
	/* Also over popups and prompts, with those of its keys that nobody
	 * types there. */
	bool always;
	void (*run)(struct ui *ui, int arg);
	int arg;
};
extern const struct action actions[];
extern const size_t action_count;

struct binding {
	int key;
	const char *key_name; /* "Space", "^L", "K" */
	const char *action;   /* name in actions[] */
};
extern const struct binding bindings[];
extern const size_t binding_count;

/* The action bound to key at that place, or NULL. */
const struct action *action_for_key(int key, unsigned where);
/* The names of its keys and of those that share its line: "Up Down k j". */
void action_keys(const struct action *action, char *buf, size_t size);

/* ---- tables ------------------------------------------------------------ */

/* A field over the rows that are not on screen. */
struct rest {
	double sum;
	bool known, bound; /* any of them; any of them by its bound only */
	enum state state;  /* of one that is not known */
};

/* Summed up once for a window on the rows, not at every paint. */
struct rests {
	size_t top, end; /* the window */
	bool summed[PROCESS_FIELD_COUNT];
	struct rest of[PROCESS_FIELD_COUNT];
};

/* State of one table of processes: cursor by identity, never by row number. */
struct table {
	const struct view *view;
	struct rows rows;
	struct rows_query query; /* filter, group, tree, sort … in force */
	uint8_t columns[PROCESS_FIELD_COUNT]; /* chosen ones, in order */
	size_t ncolumns;
	struct process_key cursor; /* see table.c; pid 0: the first row */
	ptrdiff_t cursor_row;	   /* where it is now; -1 when gone */
	size_t top;		   /* first row on screen */
	size_t column;		   /* under the column cursor: of columns[] */
	bool follow;		   /* scroll with the cursor through re-sorts */
	bool show_cursor;	   /* the next paint scrolls to it */
	struct process_key *collapsed; /* tree */
	size_t ncollapsed;
	size_t visible; /* rows of the last paint */
	struct rests rests;

	/* The selected process when it is not there any more: its row stays
	 * for a while at gone_row, and nothing is selected. */
	const struct process *seen; /* its last record, a reference */
	uint64_t gone_ns;	    /* since when; 0: it is there */
	size_t gone_row;

	const struct snapshot *of; /* what rows points into, a reference */
	struct order order;
};

void table_init(struct table *table, const struct view *view);
void table_done(struct table *table);
/* Rebuilds the rows from ui's snapshot and finds the cursor again. */
int table_refresh(struct ui *ui, struct table *table);
/* Lets go of the snapshot and of the memory of its rows, which the next refresh
 * brings back. */
void table_release(struct table *table);
/* The same with new rows in a new order, because something was asked for. */
void table_rebuild(struct ui *ui, struct table *table);
/* Header, rows, cursor; for panes. */
void table_draw(struct ui *ui, struct table *table, const struct canvas *c);
/* The selected row; NULL when the table is empty or the selected one gone. */
const struct row *table_selected(const struct table *table);
/* The row of that identity; -1: it is not among them. */
ptrdiff_t table_find(const struct table *table, struct process_key identity);
/* Puts the cursor on a row and has it shown. */
void table_select(struct table *table, ptrdiff_t row);
/* The field under the column cursor. */
uint8_t table_field(const struct table *table);

/* ---- panes ------------------------------------------------------------- */

struct pane {
	const char *name;  /* "processes": --pane, config */
	const char *title; /* "2 Processes" without the number */
	const char *brief; /* "Proc", for narrow screens */
	unsigned where;
	char key; /* '2': its number in the tabs */
	enum view_id view;
	/* Its listings, see tiles.h; then there is no table of processes, and
	 * refresh, draw and status may be NULL. */
	const struct tile *tiles;
	size_t ntiles;
	/* true when it took the action; may be NULL */
	bool (*act)(struct ui *ui, const struct action *action);
	/* After a new snapshot, for what draw needs beside the table; may be
	 * NULL. */
	void (*refresh)(struct ui *ui);
	/* Everything below the head (verdict included). */
	void (*draw)(struct ui *ui, const struct canvas *c);
	/* Text for the status line; may be NULL, or leave buf empty: then
	 * the counts stand there. */
	void (*status)(struct ui *ui, char *buf, size_t size);
};
/* clang-format off */
enum pane_id { PANE_OVERVIEW, PANE_PROCESSES, PANE_SWAP, PANE_OOM, PANE_THP,
	       PANE_CGROUPS, PANE_KERNEL, PANE_EVENTS, PANE_RAM,
	       PANE_COUNT };
/* clang-format on */
extern const struct pane *const panes[PANE_COUNT];
extern const struct pane pane_overview, pane_processes, pane_swap, pane_oom,
	pane_thp, pane_cgroups, pane_kernel, pane_events, pane_ram;

/* A details page: same idea, for one process. */
/* clang-format off */
enum page_id { PAGE_SUMMARY, PAGE_MAPPINGS, PAGE_HISTORY, PAGE_OOM,
	       PAGE_LIMITS, PAGE_COUNT };
/* clang-format on */
struct page {
	const char *title;
	unsigned where;
	/* The rows it wants at that width: with fewer it scrolls as a whole.
	 * NULL: it lives with any number. */
	int (*rows)(const struct ui *ui, int cols);
	void (*open)(struct ui *ui); /* asks for what it needs; may be NULL */
	void (*draw)(struct ui *ui, const struct canvas *c,
		     const struct process *process);
	/* true when it took the action (scrolling its own list, zoom …) */
	bool (*act)(struct ui *ui, const char *action);
	/* Text for the status line; may be NULL. */
	void (*status)(struct ui *ui, char *buf, size_t size);
	void (*close)(struct ui *ui); /* may be NULL */
};
extern const struct page *const pages[PAGE_COUNT];

/* ---- popups and dialogs ------------------------------------------------ */

/* On top of everything; at most one.  Gets every key. */
struct popup {
	const char *name;
	void (*draw)(struct ui *ui, const struct canvas *screen);
	/* false: close it */
	bool (*key)(struct ui *ui, int key);
	void (*close)(struct ui *ui); /* frees its state; may be NULL */
};
void ui_open_popup(struct ui *ui, const struct popup *popup, void *state);
void ui_close_popup(struct ui *ui);
/* A popup of plain lines that scrolls; takes `lines` (malloc'ed, newline
 * separated, trusted). */
void popup_text(struct ui *ui, const char *title, const char *footer,
		char *lines);
/* A menu: `picked` gets the index.  items are borrowed until it closes. */
void popup_menu(struct ui *ui, const char *title, const char *const *items,
		size_t nitems, void (*picked)(struct ui *ui, size_t index));

/* The popups and dialogs; each in a file of its own. */
void popup_help(struct ui *ui, int arg);
void popup_explain(struct ui *ui, int arg); /* field under the cursor */
void popup_columns(struct ui *ui, int arg);
void popup_access(struct ui *ui, int arg);
void popup_command(struct ui *ui, int arg); /* whole command line */
void dialog_signal(struct ui *ui, int arg);
void dialog_adj(struct ui *ui, int arg);
void dialog_room(struct ui *ui, int arg); /* enum job_kind */

/* What became of a signal that was sent: watched until the process exits or
 * a while has passed, told in the status line.  Called after each snapshot
 * and at the end. */
struct outcome;
void outcome_update(struct ui *ui);
void outcome_forget(struct ui *ui);

/* The same of a job that takes a while. */
struct errand;
void errand_update(struct ui *ui);
void errand_forget(struct ui *ui);

/* ---- prompts ----------------------------------------------------------- */

/* One line of input in the status row: "& filter: ", "/ search: ", ":". */
struct prompt {
	const char *label;
	/* After every key, for incremental search and errors; may be NULL. */
	void (*changed)(struct ui *ui, const char *text);
	/* Enter. */
	void (*done)(struct ui *ui, const char *text);
	/* Esc; may be NULL. */
	void (*cancelled)(struct ui *ui);
};
void ui_open_prompt(struct ui *ui, const struct prompt *prompt,
		    const char *initial);
void prompt_key(struct ui *ui, int key);

/* ---- recordings -------------------------------------------------------- */

/* A recording on the screen: which of its samples are due. */
struct player {
	bool on;
	double speed;
	uint64_t since_ns; /* of ui_now(): then it was … */
	uint64_t from_ns;  /* … this time in the recording */
	uint64_t moved_ns; /* when the sample on screen came */
};

/* Recording what is on the screen: whoever starts the screen knows how. */
struct ui_recorder {
	/* "rec 12.3M", "" while nothing is recorded.  true: it says why
	 * nothing can be written. */
	bool (*status)(void *data, char *buf, size_t size);
	/* Begins or says how it goes (path ""): a sentence into said. */
	void (*record)(void *data, const char *path, char *said, size_t size);
	void *data;
};

/* ---- the whole --------------------------------------------------------- */

struct ui {
	struct source *source;
	struct history *history;

	const struct snapshot *snapshot; /* on screen; a reference, may be
					    NULL before the first */
	bool paused;
	uint64_t seq; /* on screen; follows the newest when not paused */
	struct history_span span;
	const struct recording *recording; /* NULL: not a replay */
	struct player play;
	struct ui_recorder recorder; /* functions may be NULL */
	struct trends *trends;
	/* whom the kernel would kill then, see oom_now.h */
	struct {
		const struct snapshot *of; /* NULL: not worked out */
		bool is_known;
		struct oom_ranking ranking;
		bool has_choice; /* of who acts before the kernel */
		struct killer_choice choice;
	} oom;
	struct sparks *sparks;	   /* NULL: no memory for them */
	uint64_t events_seen;	   /* the last that was there when one looked */
	enum severity events_from; /* { } and Events leave out what is less */
	struct rows waiting, dying; /* boxes of Overview */

	enum pane_id pane;
	struct table tables[PANE_COUNT];
	struct tiles *tiles[PANE_COUNT]; /* NULL: a table of processes */

	bool details; /* the details page is open … */
	enum page_id page;
	struct process_key subject;	 /* … of this process */
	const struct process *last_seen; /* its last record, a reference */
	bool subject_gone;
	uint64_t subject_gone_ns; /* realtime of the first snapshot without */
	struct reply *details_reply, *mappings_reply; /* newest, owned */
	struct reply *mappings_before;	  /* the one before, always OK */
	uint64_t details_id, mappings_id; /* asked for, not yet come */
	struct progress mappings_progress;
	void *page_state;    /* of the open page; its close() frees it */
	struct page_window { /* when the page scrolls as a whole */
		int top, rows, shown; /* rows: all there are */
	} window;

	const struct popup *popup;
	void *popup_state;
	struct outcome *outcome; /* of the last signal sent; may be NULL */
	struct errand *errand;	 /* the job that runs; may be NULL */

	const struct prompt *prompt;
	char prompt_text[256];
	size_t prompt_at; /* byte of the text cursor */
	char prompt_error[96];
	char prompt_saved[256]; /* what Esc brings back */

	char search[256];
	struct process_key search_from; /* the cursor when it began */
	char filter_text[256];
	struct filter *filter;
	char user_filter[33];
	uint64_t hold_until_ns; /* no re-sort before: the cursor moved */

	struct process_key *marks;
	size_t nmarks;

	/* An oom_score_adj that is tried for one process, in thought only;
	 * pid 0: for none. */
	struct {
		struct process_key key;
		int64_t adj;
	} what_if;

	int unit;	      /* enum format_unit, key e */
	unsigned block_order; /* of free blocks that are large enough; 0: of a
			       * huge page */
	int header;	      /* 0 full, 1 one line, 2 off; -1 by height */
	bool full_command;    /* key c */
	bool ascii;
	enum theme theme;
	uint64_t delay_ns;

	char message[160]; /* status line, until … */
	uint64_t message_until_ns;

	bool dirty; /* something to paint */
	bool quit;
	bool suspend;		  /* the loop is to stop the program */
	bool more_keys;		  /* not all were read: curses may hold some */
	bool slow;		  /* the last frame did not go out */
	uint64_t late_ns;	  /* shown as LATE; 0: on time */
	int rows, cols;		  /* of the last frame */
	struct interest interest; /* last one published */

	int (*save_settings)(void *data, const struct ui *ui);
	void *settings_data;
};

/* How a pane's table starts, where that differs from its view. */
struct table_options {
	bool has_sort, has_reverse, reverse, has_group;
	uint8_t sort;		/* a field of its entity */
	enum group_by group;	/* of processes */
	const uint8_t *columns; /* borrowed; NULL: those it has by itself */
	size_t ncolumns;
};

struct ui_options {
	struct term_options term;
	enum pane_id pane;
	struct rows_query query; /* rows of every pane; not how they are sorted
				    and grouped */
	const char *filter_text; /* already checked */
	uint64_t first_seq;	 /* of a replay: where it begins */
	struct ui_recorder recorder;
	struct table_options tables[PANE_COUNT]; /* of processes */
	struct table_options lists[ENTITY_COUNT];
	uint64_t delay_ns;
	int unit; /* enum format_unit */
	/* Key W; returns 0 or -errno.  NULL: there is nowhere to save to. */
	int (*save_settings)(void *data, const struct ui *ui);
	void *settings_data;
};

/* The process that an action is about: the selected one, or the subject of
 * the details page; NULL: none. */
const struct process *ui_selected(const struct ui *ui);
/* The same for an action that needs one: it says why there is none. */
const struct process *ui_need_selected(struct ui *ui);
struct table *ui_table(struct ui *ui);
unsigned ui_where(const struct ui *ui);
/* A sentence in the status line for some seconds. */
void ui_message(struct ui *ui, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Time of the source, and marks. */
uint64_t ui_now(const struct ui *ui);
bool ui_marked(const struct ui *ui, struct process_key key);
/* Shows that sample from the ring instead of the newest: pauses.  -ENOENT:
 * not kept. */
int ui_show_past(struct ui *ui, uint64_t seq);
void ui_go_live(struct ui *ui);
/* Another pane; the details close. */
void ui_show_pane(struct ui *ui, enum pane_id pane);
/* How old the newest sample is, in steps of a delay; 0: it is on time. */
uint64_t ui_late(const struct ui *ui);
/* Until that changes, unless a sample comes; UNKNOWN: it will not. */
uint64_t ui_late_in(const struct ui *ui);

/* Tests: one key, one frame, without a loop. */
int ui_init(struct ui *ui, struct source *source, struct history *history,
	    const struct ui_options *options);
void ui_key(struct ui *ui, int key);
void ui_update(struct ui *ui); /* takes the newest snapshot and replies */
void ui_paint(struct ui *ui);
void ui_done(struct ui *ui);

/* The loop: until quit.  0 or -errno. */
int ui_run(struct source *source, struct history *history,
	   const struct ui_options *options);

#endif
