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
#include "memtop/check.h"
#include "memtop/config.h"
#include "memtop/explain.h"
#include "memtop/memlock.h"
#include "memtop/options.h"
#include "memtop/privilege.h"
#include "memtop/screen.h"
#include "say.h"
#include "session.h"

enum { EXIT_FINE = 0, EXIT_RUNTIME = 1, EXIT_USAGE = 2, EXIT_UNKNOWN = 3 };

static int complain(const char *what, int error)
{
	say("%s: %s", what, session_reason(error));
	return EXIT_RUNTIME;
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
		.first_seq = session->first_seq,
		.last_seq = session->last_seq,
		.samples = options->samples,
		.stream = stdout,
		.messages = stderr,
		.progress = isatty(STDERR_FILENO),
		.watch = session_watch,
		.watch_data = session,
	};
	int r = batch_run(session->source, session->history, &batch);

	if (r == -EINTR)
		return EXIT_RUNTIME; /* whoever sent the signal knows */
	if (r == -EBADMSG)
		return EXIT_RUNTIME; /* what could not be read was said */
	return r < 0 ? complain("cannot write samples", r) : EXIT_FINE;
}

/* A plugin that fails has not found anything out, and says so where whoever
 * asked looks. */
static int complain_unknown(const char *why)
{
	if (check_unknown(stdout, why) < 0)
		say("%s", why);
	return EXIT_UNKNOWN;
}

static int run_check(struct session *session)
{
	enum check_status status;
	char why[256];
	int r = check_run(session->source, session->history, session->last_seq,
			  stdout, &status);

	if (r == 0)
		return (int)status;
	snprintf(why, sizeof(why), "cannot check: %s",
		 r == -ETIMEDOUT ? "no sample in 8 seconds, a file of the "
				   "kernel does not answer"
				 : session_reason(r));
	return complain_unknown(why);
}

static int run_screen(const struct options *options, struct session *session,
		      struct config *config, const char *config_file)
{
	const struct screen_recording recording = {
		.first_seq = session->first_seq,
		.status = session_record_status,
		.record = session_record,
		.data = session,
	};
	int r = screen_run(session->source, session->history, options, config,
			   config_file, &recording);

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
	say("%s", message);
}

static int fail(const struct options *options, const char *why)
{
	if (options->mode == RUN_CHECK)
		return complain_unknown(why);
	say("%s", why);
	return EXIT_RUNTIME;
}

static int run(struct options *options)
{
	char why[512];
	struct session session = { 0 };
	struct config config = { 0 };
	char *usual = config_path();
	const char *file = options->config_path ? options->config_path : usual;
	int status;
	int r = file ? config_load(file, options->config_path != NULL, &config,
				   print_complaint, NULL)
		     : 0;

	if (r < 0) {
		snprintf(why, sizeof(why), "%s: %s", file, session_reason(r));
		/* run as another user, whose home is still the old one */
		if (options->config_path) {
			status = fail(options, why);
			goto out;
		}
		say("%s", why);
	}
	config_apply(&config, options);
	if (options->mode == RUN_SCREEN && !has_screen()) {
		options->mode = RUN_ONCE;
		options->format = &output_text;
	}
	if (!options->no_mlock)
		memlock();
	r = session_open(options, &session, why, sizeof(why));
	if (r < 0) {
		status = fail(options, why);
	} else if (options->mode == RUN_CHECK) {
		status = run_check(&session);
	} else if (options->mode == RUN_SCREEN) {
		status = run_screen(options, &session, &config, file);
	} else {
		status = run_batch(options, &session);
	}
	if (session_close(&session) < 0 && status == EXIT_FINE)
		status = EXIT_RUNTIME;
out:
	free(usual);
	return status;
}

/* Usage texts too have to arrive, or the script has to know.  errno was 0
 * before they were printed; a reader that has gone is no failure. */
static int finish(void)
{
	bool arrived = fflush(stdout) == 0 && !ferror(stdout);

	if (arrived || errno == EPIPE)
		return EXIT_FINE;
	return complain("standard output", errno ? -errno : -EIO);
}

static int explain(const char *name)
{
	if (explain_print(stdout, name) == -ENOENT) {
		say("--explain: nothing is called '%s'; memtop --explain lists "
		    "what is",
		    name);
		return EXIT_USAGE;
	}
	return finish();
}

/* What is closed would be the number of the first file that is opened, and
 * that file would get the output.  A directory takes no output either. */
static int keep_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/", O_RDONLY | O_DIRECTORY) != fd)
			return -errno;
	return 0;
}

/* Options that could not be read may have had it among them. */
static bool asks_check(int argc, char *const argv[])
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--check") == 0)
			return true;
	return false;
}

int main(int argc, char *argv[])
{
	struct options options;
	char error[1024]; /* holds the names of all fields */
	int status = EXIT_FINE;
	int r = privilege_init();

	if (r == 0)
		r = keep_standard_descriptors();
	if (r < 0)
		return complain("cannot start", r);
	setlocale(LC_ALL, "");
	/* 1.5G and 0.5% are the same wherever scripts and people read them */
	setlocale(LC_NUMERIC, "C");
	/* a reader that has gone is seen by whoever writes */
	signal(SIGPIPE, SIG_IGN);
	r = options_parse(argc, argv, &options, error, sizeof(error));
	if (r == -ENOMEM)
		return complain("options", r);
	if (r < 0 && asks_check(argc, argv))
		return complain_unknown(error);
	if (r < 0) {
		say("%s", error);
		say("--help lists the options");
		return EXIT_USAGE;
	}
	errno = 0;
	switch (options.mode) {
	case RUN_HELP:
		options_print_help(stdout);
		status = finish();
		break;
	case RUN_VERSION:
		puts("memtop " MEMTOP_VERSION);
		status = finish();
		break;
	case RUN_COMPLETION:
		options_print_completion(stdout, options.shell);
		status = finish();
		break;
	case RUN_EXPLAIN:
		status = explain(options.explain);
		break;
	case RUN_SCREEN:
	case RUN_ONCE:
	case RUN_BATCH:
	case RUN_CHECK:
		status = run(&options);

		break;
	}
	options_done(&options);
	return status;
}
