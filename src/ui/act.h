/* SPDX-License-Identifier: MIT
 *
 * Private to the core of ui/: what the rows of actions[] run.  Each takes the
 * arg of its row; popups and dialogs that are actions are in ui.h.
 */
#ifndef UI_ACT_H
#define UI_ACT_H

#include "ui.h"

/* act_move.c: cursor and layers */
enum move { MOVE_ROW, MOVE_HALF, MOVE_PAGE, MOVE_END };
/* The arg of act_move(): how far, and the sign of where to. */
#define MOVE_ARG(move, sign) ((sign) * ((int)(move) + 1))
void act_move(struct ui *ui, int arg);
void act_column(struct ui *ui, int direction);
void act_open(struct ui *ui, int arg);
void act_back(struct ui *ui, int arg);
void act_close(struct ui *ui, int arg);
void act_quit(struct ui *ui, int arg);
void act_suspend(struct ui *ui, int arg);
void act_redraw(struct ui *ui, int arg);
void act_pane(struct ui *ui, int pane);
void act_pane_step(struct ui *ui, int direction);
void act_page(struct ui *ui, int page);
void act_page_step(struct ui *ui, int direction);
/* For actions whose work is done by the open details page. */
void act_page_only(struct ui *ui, int arg);

/* act_find.c: search, filter, user, follow */
void act_search(struct ui *ui, int arg);
void act_match(struct ui *ui, int direction);
void act_filter(struct ui *ui, int arg);
void act_user(struct ui *ui, int arg);
void act_follow(struct ui *ui, int arg);
void act_zoom(struct ui *ui, int arg);
/* 0, or -EINVAL and a sentence in ret_error (size bytes). */
int find_set_filter(struct ui *ui, const char *text, char *ret_error,
		    size_t size);
/* Only the processes with that name in that field, in Processes. */
void find_only(struct ui *ui, enum process_field field, const char *name);
/* What Esc takes away; false when there was nothing. */
bool find_clear(struct ui *ui);

/* act_view.c: order of tables */
void act_sort_step(struct ui *ui, int direction);
void act_sort_here(struct ui *ui, int arg);
void act_sort_menu(struct ui *ui, int arg);
void act_sort_by(struct ui *ui, int field);
void act_reverse(struct ui *ui, int arg);
void act_tree(struct ui *ui, int arg);
void act_expand(struct ui *ui, int arg);
void act_collapse(struct ui *ui, int arg);
void act_expand_all(struct ui *ui, int arg);
void act_group(struct ui *ui, int arg);
void act_active(struct ui *ui, int arg);

/* act_look.c */
void act_command(struct ui *ui, int arg);
void act_block_size(struct ui *ui, int arg);
void act_unit(struct ui *ui, int arg);
void act_header(struct ui *ui, int arg);
void act_theme(struct ui *ui, int arg);
void act_delay(struct ui *ui, int arg);
void act_rescan_row(struct ui *ui, int arg);
void act_save_settings(struct ui *ui, int arg);

/* act_time.c */
void act_pause(struct ui *ui, int arg);
void act_sample(struct ui *ui, int direction);
void act_minute(struct ui *ui, int direction);
/* "13:48", "13:48:10", "-10m", "live"; 0 or -EINVAL, -ENOENT. */
int time_go(struct ui *ui, const char *where);

/* act_event.c */
struct event;
void act_event(struct ui *ui, int direction);
/* pane_events.c */
void act_severity(struct ui *ui, int arg);
/* Every pane to the moment in which it began. */
void event_go(struct ui *ui, const struct event *event);

/* replay.c */
void act_speed(struct ui *ui, int direction);
/* "4", "0.5" */
void replay_speed(struct ui *ui, const char *text);

/* act_mark.c */
void act_mark(struct ui *ui, int arg);
void act_unmark_all(struct ui *ui, int arg);

/* act_save.c, command.c */
void act_save_view(struct ui *ui, int arg);
void save_view(struct ui *ui, const char *path);
void act_command_line(struct ui *ui, int arg);

#endif
