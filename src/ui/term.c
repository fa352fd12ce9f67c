/* SPDX-License-Identifier: MIT
 *
 * The terminal: starts and stops curses, turns its keys into enum key, sends
 * frames.  With draw.c the only file that knows curses, so that everything
 * else can be read, and tested, without it.  Knows nothing of what is drawn.
 */
#include "term.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#include "memtop/base.h"
#include "restore.h"

/* A line that has this much still to send gets no new frame. */
#define BACKLOG_MAX 4096
/* How long the way out waits for a line that takes no bytes. */
#define STOP_WAIT_MS 300

static SCREEN *screen;
/* Keys are read through a pad of their own: reading through a window paints
 * it first, which must neither block on a dead line nor show half a frame. */
static WINDOW *keys;
static FILE *null_in, *null_out;
static FILE *tty_in; /* when standard input is not the terminal */
static bool on_null_device;
static bool ascii_wanted;
static enum theme current_theme;
static int out_fd = -1, in_fd = -1;

/* What a terminal nobody here has heard of is most likely to understand. */
static const char *const xterm_relatives[] = {
	"xterm", "kitty", "alacritty", "ghostty", "foot", "wezterm",
};

static bool is_xterm_relative(const char *term)
{
	for (size_t i = 0; i < ARRAY_SIZE(xterm_relatives); i++)
		if (strstr(term, xterm_relatives[i]))
			return true;
	return false;
}

static bool locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static void apply_look(void)
{
	bool color = current_theme != THEME_MONO && has_colors();

	draw_set_look(color ? COLORS : 0, !ascii_wanted && locale_is_utf8());
}

/* newterm() with the fallback chain; *ret_used is the name that worked. */
static SCREEN *open_screen(const char *asked, FILE *out, FILE *in,
			   const char **ret_used)
{
	const char *chain[4];
	size_t n = 0;
	SCREEN *opened;

	chain[n++] = asked;
	if (is_xterm_relative(asked))
		chain[n++] = "xterm-256color";
	chain[n++] = "xterm";
	chain[n++] = "vt100";
	for (size_t i = 0; i < n; i++) {
		opened = newterm(chain[i], out, in);
		if (opened) {
			*ret_used = chain[i];
			return opened;
		}
	}
	return NULL;
}

static void append_capability(char *buf, size_t size, const char *name)
{
	/* tigetstr() takes a char * for historical reasons only */
	const char *s = tigetstr((char *)(uintptr_t)name);
	size_t len = strlen(buf);

	if (!s || s == (const char *)-1 || len + strlen(s) + 3 >= size)
		return;
	strcpy(buf + len, s);
}

/* Is the screen one that goes away, with what was there before below it? */
static bool has_alternate_screen(void)
{
	return enter_ca_mode && exit_ca_mode;
}

/* What endwin() would send, for the handler that can't call it. */
static void prepare_restore(void)
{
	static const char *const names[] = { "sgr0", "rmkx", "cnorm", "rmcup" };
	char bytes[256] = "";

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		append_capability(bytes, sizeof(bytes), names[i]);
	if (!has_alternate_screen())
		strcat(bytes, "\r\n");
	restore_save_bytes(bytes, strlen(bytes));
}

/* The shell goes on in the last row: where the screen stays, that is made
 * empty for it. */
static void leave_screen(void)
{
	if (!has_alternate_screen()) {
		move(LINES - 1, 0);
		clrtoeol();
		refresh();
	}
	endwin();
}

static int open_input(FILE **ret)
{
	if (isatty(STDIN_FILENO)) {
		*ret = stdin;
		return 0;
	}
	tty_in = fopen("/dev/tty", "r");
	if (!tty_in)
		return -ENOTTY;
	*ret = tty_in;
	return 0;
}

static int open_null_device(FILE **ret_out, FILE **ret_in)
{
	null_out = fopen("/dev/null", "w");
	null_in = fopen("/dev/null", "r");
	if (!null_out || !null_in)
		return -errno;
	*ret_out = null_out;
	*ret_in = null_in;
	return 0;
}

static void close_files(void)
{
	FILE **files[] = { &null_in, &null_out, &tty_in };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (*files[i])
			fclose(*files[i]);
		*files[i] = NULL;
	}
	out_fd = in_fd = -1;
}

/* A terminal sends one form or the other, whatever it was asked for, and the
 * description names one.  What is not known would be Esc and "[", which goes
 * back in time. */
static void know_cursor_keys(void)
{
	static const struct {
		const char *bytes;
		int key;
	} forms[] = {
		{ "\033[A", KEY_UP },	 { "\033OA", KEY_UP },
		{ "\033[B", KEY_DOWN },	 { "\033OB", KEY_DOWN },
		{ "\033[C", KEY_RIGHT }, { "\033OC", KEY_RIGHT },
		{ "\033[D", KEY_LEFT },	 { "\033OD", KEY_LEFT },
		{ "\033[H", KEY_HOME },	 { "\033OH", KEY_HOME },
		{ "\033[F", KEY_END },	 { "\033OF", KEY_END },
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (key_defined(forms[i].bytes) == 0)
			define_key(forms[i].bytes, forms[i].key);
}

static void set_modes(void)
{
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(keys, TRUE);
	nodelay(keys, TRUE);
	/* a paint must never be left half done because a key waits */
	typeahead(-1);
	if (!getenv("ESCDELAY"))
		set_escdelay(25);
	know_cursor_keys();
	curs_set(0);
	if (has_colors()) {
		start_color();
		use_default_colors();
	}
}

static enum theme wanted_theme(const struct term_options *options)
{
	const char *no_color = getenv("NO_COLOR");

	if (options->theme == THEME_AUTO && no_color && *no_color)
		return THEME_MONO;
	return options->theme;
}

static int open_files(const struct term_options *options, const char *term,
		      FILE **ret_out, FILE **ret_in)
{
	if (options->null_device)
		return open_null_device(ret_out, ret_in);
	if (!isatty(STDOUT_FILENO) || !*term || strcmp(term, "dumb") == 0)
		return -ENOTTY;
	*ret_out = stdout;
	return open_input(ret_in);
}

static int open_terminal(const struct term_options *options, const char *term,
			 const char **ret_used)
{
	FILE *out = NULL, *in = NULL;
	int r = open_files(options, term, &out, &in);

	if (r < 0)
		return r;
	on_null_device = options->null_device;
	out_fd = fileno(out);
	in_fd = fileno(in);
	if (!on_null_device)
		restore_save_modes(out_fd);
	screen = open_screen(term, out, in, ret_used);
	if (!screen)
		return -ENOTTY;
	keys = newpad(1, 1);
	if (!keys) {
		endwin();
		delscreen(screen);
		screen = NULL;
		return -ENOMEM;
	}
	return 0;
}

int term_start(const struct term_options *options, const char **ret_note)
{
	static char note[96];
	const char *term = getenv("TERM"), *used = NULL;
	int r;

	if (options->null_device)
		term = "xterm-256color";
	else if (!term)
		term = "";
	r = open_terminal(options, term, &used);
	if (r < 0) {
		restore_forget();
		close_files();
		return r;
	}
	set_modes();
	if (!on_null_device) {
		prepare_restore();
		restore_on_fatal_signals();
	}
	ascii_wanted = options->ascii;
	current_theme = wanted_theme(options);
	apply_look();
	*ret_note = NULL;
	if (strcmp(used, term) != 0) {
		snprintf(note, sizeof(note),
			 "TERM=%.40s unknown here, using %s", term, used);
		*ret_note = note;
	}
	return 0;
}

/* Does the line take bytes now, or within the time? */
static bool line_ready(int timeout_ms)
{
	struct pollfd pfd = { .fd = out_fd, .events = POLLOUT };

	if (on_null_device)
		return true;
	return poll(&pfd, 1, timeout_ms) > 0 && (pfd.revents & POLLOUT);
}

void term_stop(void)
{
	if (!screen)
		return;
	/* endwin() waits for the output to drain: for ever on a stopped line */
	if (line_ready(STOP_WAIT_MS)) {
		leave_screen();
		delwin(keys);
		delscreen(screen);
	} else {
		restore_now();
	}
	screen = NULL;
	restore_forget();
	close_files();
}

void term_suspend(void)
{
	struct sigaction old, deflt = { .sa_handler = SIG_DFL };
	sigset_t only, before;

	def_prog_mode();
	leave_screen();
	sigemptyset(&deflt.sa_mask);
	sigaction(SIGTSTP, &deflt, &old);
	sigemptyset(&only);
	sigaddset(&only, SIGTSTP);
	pthread_sigmask(SIG_UNBLOCK, &only, &before);
	raise(SIGTSTP);
	/* here again after SIGCONT */
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGTSTP, &old, NULL);
	reset_prog_mode();
	term_resize();
	term_redraw_all();
}

void term_resize(void)
{
	struct winsize size;

	if (on_null_device || ioctl(out_fd, TIOCGWINSZ, &size) < 0)
		return;
	if (size.ws_row > 0 && size.ws_col > 0 &&
	    is_term_resized(size.ws_row, size.ws_col))
		resizeterm(size.ws_row, size.ws_col);
	clearok(curscr, TRUE);
}

void term_set_theme(enum theme theme)
{
	current_theme = theme;
	apply_look();
}

/* clang-format off */
static const struct {
	int curses, key;
} special_keys[] = {
	{ KEY_UP, KEYCODE_UP },		{ KEY_DOWN, KEYCODE_DOWN },
	{ KEY_LEFT, KEYCODE_LEFT },	{ KEY_RIGHT, KEYCODE_RIGHT },
	{ KEY_PPAGE, KEYCODE_PAGE_UP },	{ KEY_NPAGE, KEYCODE_PAGE_DOWN },
	{ KEY_HOME, KEYCODE_HOME },	{ KEY_END, KEYCODE_END },
	{ KEY_ENTER, KEYCODE_ENTER },	{ KEY_BACKSPACE, KEYCODE_BACKSPACE },
	{ KEY_DC, KEYCODE_DELETE },	{ KEY_IC, KEYCODE_INSERT },
	{ KEY_BTAB, KEYCODE_BACKTAB },	{ KEY_RESIZE, KEYCODE_RESIZE },
};
/* clang-format on */

static int special_key(int code)
{
	if (code >= KEY_F(1) && code <= KEY_F(12))
		return KEYCODE_F0 + (code - KEY_F(0));
	for (size_t i = 0; i < ARRAY_SIZE(special_keys); i++)
		if (special_keys[i].curses == code)
			return special_keys[i].key;
	return KEYCODE_NONE;
}

int term_key(void)
{
	wint_t c;
	int r;

	for (;;) {
		r = wget_wch(keys, &c);
		if (r == ERR)
			return KEYCODE_NONE;
		if (r != KEY_CODE_YES)
			break;
		r = special_key((int)c);
		/* an unknown one must not hide the keys behind it */
		if (r != KEYCODE_NONE)
			return r;
	}
	switch (c) {
	case '\r':
	case '\n':
		return KEYCODE_ENTER;
	case '\t':
		return KEYCODE_TAB;
	case 27:
		return KEYCODE_ESC;
	case 8:
	case 127:
		return KEYCODE_BACKSPACE;
	default:
		return (int)c;
	}
}

void term_flush_input(void)
{
	flushinp();
}

int term_fd(void)
{
	return on_null_device ? -1 : in_fd;
}

struct canvas term_begin_frame(void)
{
	struct canvas whole = { .rows = LINES, .cols = COLS };

	erase();
	draw_park(&whole, 0, 0);
	return whole;
}

bool term_end_frame(void)
{
	int unsent;

	if (!line_ready(0))
		return false;
	if (!on_null_device && ioctl(out_fd, TIOCOUTQ, &unsent) == 0 &&
	    unsent > BACKLOG_MAX)
		return false;
	draw_place_cursor();
	wnoutrefresh(stdscr);
	doupdate();
	return true;
}

void term_redraw_all(void)
{
	clearok(curscr, TRUE);
}

void term_read_row(int row, char *buf, int size)
{
	wchar_t cells[1024];
	mbstate_t state = { 0 };
	const wchar_t *from = cells;
	size_t len;

	buf[0] = '\0';
	if (mvinnwstr(row, 0, cells, (int)ARRAY_SIZE(cells) - 1) == ERR)
		return;
	len = wcsrtombs(buf, &from, (size_t)size - 1, &state);
	buf[len == (size_t)-1 ? 0 : len] = '\0';
}
