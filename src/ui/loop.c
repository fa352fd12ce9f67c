/* SPDX-License-Identifier: MIT
 *
 * The loop: waits for keys, samples, replies and signals, and paints.  The
 * only place of ui/ that waits; nothing in it waits for the kernel's memory
 * files, so the keyboard always answers.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "details.h"
#include "replay.h"

/* At most 20 paints a second; but who types sees it at once: this much is left
 * for more keys of the same burst. */
#define PAINT_EVERY_NS	(50 * NS_PER_MS)
#define ANSWER_AFTER_NS (5 * NS_PER_MS)
/* How often a frame that did not go out is tried again. */
#define RETRY_MS 200
/* The end of a message comes with time, not with an event; so does LATE. */
#define IDLE_MS 1000
/* a long list is being read */
#define PROGRESS_MS 250
/* A recording that plays is looked at so often. */
#define PLAY_MS 50
/* A write to a dead line may hold the loop: then SIGALRM, which restores the
 * terminal and ends the program, is the way out. */
#define STUCK_EXIT_S 3

enum { FD_KEYS, FD_SAMPLES, FD_REPLIES, FD_SIGNALS, FD_COUNT };

/* Handlers may run on any thread: they note what came and wake the loop. */
static volatile sig_atomic_t end_signal, resized, suspended;
static int wake_fd = -1;

static void wake(void)
{
	const uint64_t one = 1;
	int saved_errno = errno;
	ssize_t written = write(wake_fd, &one, sizeof(one));

	(void)written; /* a full counter is as good as a wake-up */
	errno = saved_errno;
}

static void on_signal(int number)
{
	switch (number) {
	case SIGWINCH:
		resized = 1;
		break;
	case SIGTSTP:
		suspended = 1;
		break;
	case SIGCONT:
		resized = 1;
		break;
	default:
		end_signal = number;
		alarm(STUCK_EXIT_S);
		break;
	}
	wake();
}

static const int signals[] = { SIGTERM, SIGINT,	 SIGHUP,
			       SIGTSTP, SIGCONT, SIGWINCH };
static struct sigaction signals_before[ARRAY_SIZE(signals)];
static struct sigaction pipe_before;

static int signals_take(void)
{
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = SA_RESTART };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (wake_fd < 0)
		return -errno;
	end_signal = resized = suspended = 0;
	sigemptyset(&action.sa_mask);
	sigemptyset(&ignore.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, &signals_before[i]);
	sigaction(SIGPIPE, &ignore, &pipe_before);
	return wake_fd;
}

static void signals_give_back(void)
{
	alarm(0);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &signals_before[i], NULL);
	sigaction(SIGPIPE, &pipe_before, NULL);
	close(wake_fd);
	wake_fd = -1;
}

static void signals_handle(struct ui *ui)
{
	uint64_t count;
	ssize_t got = read(wake_fd, &count, sizeof(count));

	(void)got; /* only to make it quiet again */
	if (end_signal)
		ui->quit = true;
	if (suspended) {
		suspended = 0;
		ui->suspend = true;
	}
	if (resized) {
		resized = 0;
		term_resize();
		ui->dirty = true;
	}
}

/* When the last paint was, and how long the next one waits after it. */
struct pace {
	uint64_t painted_ns, gap_ns;
};

/* Until the next paint may be; 0: now. */
static uint64_t wait_ns(const struct ui *ui, const struct pace *pace)
{
	return sub_floor(pace->painted_ns + pace->gap_ns, ui_now(ui));
}

static void paint(struct ui *ui, struct pace *pace)
{
	*pace = (struct pace){ .painted_ns = ui_now(ui),
			       .gap_ns = PAINT_EVERY_NS };
	ui_paint(ui);
}

static void update(struct ui *ui, struct pace *pace)
{
	bool empty = !ui->snapshot;

	ui_update(ui);
	if (empty && ui->snapshot)
		pace->gap_ns = 0; /* the first figures are waited for */
}

/* Those that wait, but not for longer than a paint may wait for them: what is
 * pasted into the keyboard must not freeze the screen. */
static void read_keys(struct ui *ui, struct pace *pace)
{
	uint64_t began = ui_now(ui);
	int key;

	ui->more_keys = false;
	while (!ui->quit && (key = term_key()) != KEYCODE_NONE) {
		ui_key(ui, key);
		pace->gap_ns = ANSWER_AFTER_NS;
		if (ui->suspend)
			return;
		if (ui_now(ui) - began >= PAINT_EVERY_NS) {
			ui->more_keys = true;
			return;
		}
	}
}

/* LATE counts up, messages end: is there anything new to show? */
static void check_clock(struct ui *ui)
{
	uint64_t late = ui_late(ui);

	replay_tick(ui);
	details_tick(ui);
	if (late != ui->late_ns) {
		ui->late_ns = late;
		ui->dirty = true;
	}
	if (ui->message[0] && ui_now(ui) >= ui->message_until_ns) {
		ui->message[0] = '\0';
		ui->dirty = true;
	}
}

static int timeout_ms(const struct ui *ui, const struct pace *pace)
{
	if (ui->more_keys)
		return 0;
	if (!ui->dirty && ui->mappings_id)
		return PROGRESS_MS;
	if (!ui->dirty && ui->play.on)
		return PLAY_MS;
	if (!ui->dirty)
		return (int)min_u64(ui_late_in(ui) / NS_PER_MS + 1, IDLE_MS);
	if (ui->slow)
		return RETRY_MS;
	return (int)((wait_ns(ui, pace) + NS_PER_MS - 1) / NS_PER_MS);
}

static void suspend(struct ui *ui)
{
	ui->suspend = false;
	term_suspend();
	/* what was typed before the screen came back answers no question */
	term_flush_input();
	ui_update(ui);
	ui->dirty = true;
}

static void drain(int fd)
{
	uint64_t count;
	ssize_t got = read(fd, &count, sizeof(count));

	(void)got; /* only to make it quiet again */
}

static void paint_when_due(struct ui *ui, struct pace *pace)
{
	if (ui->dirty && !ui->quit && wait_ns(ui, pace) == 0)
		paint(ui, pace);
}

/* 0, or -errno when the terminal is lost. */
static int turn(struct ui *ui, struct pollfd *fds, struct pace *pace)
{
	int r = poll(fds, FD_COUNT, timeout_ms(ui, pace));

	if (r < 0 && errno != EINTR)
		return -errno;
	if (r > 0 && (fds[FD_KEYS].revents & (POLLHUP | POLLERR | POLLNVAL)))
		return -EIO;
	signals_handle(ui);
	if (ui->suspend)
		suspend(ui);
	read_keys(ui, pace);
	if (ui->suspend)
		suspend(ui);
	/* whoever types sees it before the next sample is worked out */
	if (r > 0 && fds[FD_KEYS].revents)
		paint_when_due(ui, pace);
	if (r > 0 && fds[FD_SAMPLES].revents)
		drain(fds[FD_SAMPLES].fd);
	if (r > 0 && (fds[FD_SAMPLES].revents || fds[FD_REPLIES].revents))
		update(ui, pace);
	check_clock(ui);
	paint_when_due(ui, pace);
	return 0;
}

int ui_run(struct source *source, struct history *history,
	   const struct ui_options *options)
{
	struct pollfd fds[FD_COUNT];
	struct ui *ui = malloc(sizeof(*ui));
	struct pace pace = { 0 };
	int r;

	if (!ui)
		return -ENOMEM;
	r = ui_init(ui, source, history, options);
	if (r < 0) {
		free(ui);
		return r;
	}
	r = signals_take();
	if (r < 0)
		goto out;
	for (size_t i = 0; i < FD_COUNT; i++)
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	fds[FD_KEYS].fd = term_fd();
	fds[FD_SAMPLES].fd = history_subscribe(history);
	fds[FD_REPLIES].fd = source->ops->reply_fd(source);
	fds[FD_SIGNALS].fd = wake_fd;
	r = fds[FD_SAMPLES].fd < 0 ? fds[FD_SAMPLES].fd : 0;
	while (r == 0 && !ui->quit)
		r = turn(ui, fds, &pace);
	if (fds[FD_SAMPLES].fd >= 0)
		history_unsubscribe(history, fds[FD_SAMPLES].fd);
out:
	ui_done(ui);
	if (wake_fd >= 0)
		signals_give_back();
	free(ui);
	/* a terminal that hung up is a way to quit, not a failure */
	return r == -EIO ? 0 : r;
}
