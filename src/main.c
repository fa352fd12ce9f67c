/* SPDX-License-Identifier: MIT
 *
 * Options choose one source and one face; this file joins them and turns
 * errors into words and exit statuses.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memtop/base.h"
#include "memtop/batch.h"
#include "memtop/config.h"
#include "memtop/explain.h"
#include "memtop/memlock.h"
#include "memtop/options.h"
#include "memtop/privilege.h"
#include "memtop/screen.h"
#include "memtop/source.h"
#include "memtop/verdict.h"

enum { EXIT_FINE = 0, EXIT_RUNTIME = 1, EXIT_USAGE = 2 };

/* What runs for as long as the program does. */
struct session {
	struct history *history;
	struct verdict_judge *judge;
	struct source *source;
};

static int complain(const char *what, int error)
{
	fprintf(stderr, "memtop: %s: %s\n", what, strerror(-error));
	return EXIT_RUNTIME;
}

static int session_open(const struct options *options, struct session *session)
{
	struct live_config config = {
		.judge = { .step = verdict_judge_step },
		.period_ns = options->delay_ns,
		.budget_percent = options->budget_percent,
		.one_shot = options->mode == RUN_ONCE,
		.interactive = options->mode == RUN_SCREEN,
	};
	int r;

	session->judge = verdict_judge_new();
	if (!session->judge)
		return -ENOMEM;
	r = history_new(&options->history, &session->history);
	if (r < 0)
		return r;
	config.judge.state = session->judge;
	config.history = session->history;
	return live_source_new(&config, &session->source);
}

/* A reader that hangs in the kernel still uses all of it: what its source
 * could not end is left to the end of the process. */
static void session_close(struct session *session)
{
	if (session->source)
		session->source->ops->close(session->source);
	history_free(session->history);
	verdict_judge_free(session->judge);
}

static int run_batch(const struct options *options, struct session *session)
{
	const struct batch_options batch = {
		.format = options->format,
		.output = { .view = options->view,
			    .columns =
				    options->ncolumns ? options->columns : NULL,
			    .ncolumns = options->ncolumns,
			    .query = options->query },
		.once = options->mode == RUN_ONCE,
		.samples = options->samples,
		.stream = stdout,
		.messages = stderr,
		.progress = isatty(STDERR_FILENO),
	};
	int r;

	signal(SIGPIPE, SIG_IGN);
	r = batch_run(session->source, session->history, &batch);
	if (r == -EINTR)
		return EXIT_RUNTIME; /* whoever sent the signal knows */
	return r < 0 ? complain("cannot write samples", r) : EXIT_FINE;
}

static int run_screen(const struct options *options, struct session *session,
		      struct config *config, const char *config_file)
{
	int r = screen_run(session->source, session->history, options, config,
			   config_file);

	return r < 0 ? complain("cannot show the screen", r) : EXIT_FINE;
}

/* Keys come from the terminal even when standard input is something else. */
static bool has_keyboard(void)
{
	int fd;

	if (isatty(STDIN_FILENO))
		return true;
	fd = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* Without a terminal that could show it, the screen is one sample of text. */
static bool has_screen(void)
{
	const char *term = getenv("TERM");

	return has_keyboard() && isatty(STDOUT_FILENO) && term && *term &&
	       strcmp(term, "dumb") != 0;
}

static void print_complaint(void *context, const char *message)
{
	(void)context;
	fprintf(stderr, "memtop: %s\n", message);
}

static int run(struct options *options)
{
	struct session session = { 0 };
	struct config config = { 0 };
	char *usual = config_path();
	const char *file = options->config_path ? options->config_path : usual;
	int status;
	int r = file ? config_load(file, options->config_path != NULL, &config,
				   print_complaint, NULL)
		     : 0;

	if (r < 0) {
		status = complain(file, r);
		goto out;
	}
	config_apply(&config, options);
	if (options->mode == RUN_SCREEN && !has_screen()) {
		options->mode = RUN_ONCE;
		options->format = &output_text;
	}
	if (!options->no_mlock)
		memlock();
	r = session_open(options, &session);
	if (r < 0)
		status = complain("cannot read /proc", r);
	else if (options->mode == RUN_SCREEN)
		status = run_screen(options, &session, &config, file);
	else
		status = run_batch(options, &session);
	session_close(&session);
out:
	free(usual);
	return status;
}

static int explain(const char *name)
{
	int r = explain_print(stdout, name);

	if (r == -ENOENT) {
		fprintf(stderr,
			"memtop: --explain: nothing is called '%s'; "
			"memtop --explain lists what is\n",
			name);
		return EXIT_USAGE;
	}
	return r < 0 && r != -EPIPE ? complain("standard output", r)
				    : EXIT_FINE;
}

int main(int argc, char *argv[])
{
	struct options options;
	char error[1024]; /* holds the names of all fields */
	int status = EXIT_FINE;
	int r = privilege_init();

	if (r < 0)
		return complain("cannot give up privileges", r);
	setlocale(LC_ALL, "");
	r = options_parse(argc, argv, &options, error, sizeof(error));
	if (r == -ENOMEM)
		return complain("options", r);
	if (r < 0) {
		fprintf(stderr,
			"memtop: %s\nmemtop: --help lists the options\n",
			error);
		return EXIT_USAGE;
	}
	switch (options.mode) {
	case RUN_HELP:
		options_print_help(stdout);
		break;
	case RUN_VERSION:
		puts("memtop " MEMTOP_VERSION);
		break;
	case RUN_COMPLETION:
		options_print_completion(stdout, options.shell);
		break;
	case RUN_EXPLAIN:
		status = explain(options.explain);
		break;
	case RUN_SCREEN:
	case RUN_ONCE:
	case RUN_BATCH:
		status = run(&options);
		break;
	}
	options_done(&options);
	return status;
}
