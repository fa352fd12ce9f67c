/* SPDX-License-Identifier: MIT
 *
 * See drive.h.  Knows nothing of what a program shows, except that a marker
 * is a piece of text; escape sequences that move the cursor end a piece.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive.h"

#define SILENCE_NS (100 * NS_PER_MS)
#define QUIT_NS	   (3 * NS_PER_S)
#define TEXT_MAX   ((size_t)4 << 20)

bool session_mark(struct session *session, const char *argument)
{
	struct marker *marker = &session->markers[session->nmarkers];
	const char *equals = strchr(argument, '=');

	if (!equals || session->nmarkers == MARKERS_MAX)
		return false;
	marker->name = strndup(argument, (size_t)(equals - argument));
	if (!marker->name || regcomp(&marker->expression, equals + 1,
				     REG_EXTENDED | REG_NOSUB | REG_NEWLINE))
		return false;
	session->nmarkers++;
	return true;
}

void session_start(struct session *session, int rows, int cols, char *argv[])
{
	struct winsize size = { .ws_row = (unsigned short)rows,
				.ws_col = (unsigned short)cols };
	pid_t parent = getpid();

	session->started_ns = probe_now();
	session->pid = forkpty(&session->fd, NULL, NULL, &size);
	if (session->pid < 0)
		probe_die("forkpty");
	if (session->pid)
		return;
	probe_die_with_parent(parent);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

enum { PLAIN, ESCAPE, CSI, STRING, CHARSET };

/* One byte further through "\e[12;1H", "\e]0;title\a", "\e(B": 0 when it is
 * none of the text, else the character that stands for it. */
static char strip(struct session *session, unsigned char c)
{
	switch (session->escape) {
	case PLAIN:
		if (c == 0x1b)
			session->escape = ESCAPE;
		else if (c >= ' ' || c == '\n')
			return (char)c;
		return 0;
	case ESCAPE:
		session->escape = c == '['	      ? CSI
				  : c == ']'	      ? STRING
				  : strchr("()*+", c) ? CHARSET
						      : PLAIN;
		return 0;
	case CSI:
		if (c < 0x40 || c > 0x7e)
			return 0;
		session->escape = PLAIN;
		return c == 'm' ? 0 : '\n'; /* colours don't part a text */
	case STRING:
		if (c == '\a' || c == '\\')
			session->escape = PLAIN;
		return 0;
	default:
		session->escape = PLAIN;
		return 0;
	}
}

static bool is_searching(const struct session *session)
{
	for (size_t i = 0; i < session->nmarkers; i++)
		if (!session->markers[i].seen_ns)
			return session->text_len < TEXT_MAX;
	return false;
}

static void search(struct session *session, const char *bytes, size_t len)
{
	if (!is_searching(session))
		return;
	if (session->text_size < session->text_len + len + 1) {
		session->text_size = session->text_len + 2 * len + 65536;
		session->text = realloc(session->text, session->text_size);
		if (!session->text)
			probe_die("memory");
	}
	for (size_t i = 0; i < len; i++) {
		char c = strip(session, (unsigned char)bytes[i]);

		if (c)
			session->text[session->text_len++] = c;
	}
	session->text[session->text_len] = '\0';
	for (size_t i = 0; i < session->nmarkers; i++) {
		struct marker *marker = &session->markers[i];

		if (!marker->seen_ns &&
		    !regexec(&marker->expression, session->text, 0, NULL, 0))
			marker->seen_ns = session->last_ns;
	}
}

static void note(struct session *session, const char *bytes, size_t len)
{
	int64_t now = probe_now();

	if (!session->first_ns)
		session->first_ns = now;
	if (now - session->last_ns >= SILENCE_NS) {
		if (session->refresh_ns)
			series_add(&session->gaps,
				   (double)(now - session->refresh_ns) / 1e6);
		session->refresh_ns = now;
	}
	session->last_ns = now;
	session->bytes += len;
	if (session->raw)
		fwrite(bytes, 1, len, session->raw);
	search(session, bytes, len);
}

/* Up to that moment, to the microsecond where poll() knows milliseconds. */
static int wait_for_output(int fd, int64_t until_ns)
{
	int64_t left = until_ns - probe_now();
	struct timespec timeout;

	if (left < 0)
		left = 0;
	timeout = (struct timespec){ .tv_sec = left / NS_PER_S,
				     .tv_nsec = left % NS_PER_S };
	return ppoll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1,
		     &timeout, NULL);
}

bool session_take(struct session *session, int64_t until_ns, bool once)
{
	static char buf[65536];
	bool any = false;

	while (session->fd >= 0 && !(once && any)) {
		ssize_t len;

		if (wait_for_output(session->fd, until_ns) <= 0)
			break;
		len = read(session->fd, buf, sizeof(buf));
		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0) { /* EIO: nobody has the terminal open */
			close(session->fd);
			session->fd = -1;
			break;
		}
		note(session, buf, (size_t)len);
		any = true;
	}
	return any;
}

void session_type(struct session *session, const char *keys, size_t len)
{
	if (session->fd >= 0 && write(session->fd, keys, len) < 0)
		probe_die("typing");
}

int64_t session_quit(struct session *session, const char *keys)
{
	int64_t began = probe_now();
	int status;

	session_type(session, keys, strlen(keys));
	session_take(session, began + QUIT_NS, false);
	if (waitpid(session->pid, &status, session->fd < 0 ? 0 : WNOHANG) ==
	    session->pid)
		return probe_now() - began;
	kill(session->pid, SIGTERM);
	session_take(session, probe_now() + NS_PER_S, false);
	kill(session->pid, SIGKILL);
	waitpid(session->pid, &status, 0);
	return -1;
}

void session_report_end(struct session *session)
{
	int status = 0;

	waitpid(session->pid, &status, 0);
	if (WIFSIGNALED(status))
		fprintf(stderr, "drive: the program died of signal %d\n",
			WTERMSIG(status));
	else
		fprintf(stderr,
			"drive: the program ended by itself, status %d\n",
			WEXITSTATUS(status));
}
