/* SPDX-License-Identifier: MIT
 *
 * The last way out of the screen.  Apart from term.c because it runs inside
 * signal handlers and must not know curses: curses allocates, locks and
 * blocks, all of which is forbidden there.
 */
#include "restore.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "memtop/base.h"

/* More than SIGSTKSZ of any machine; the handler itself needs little, the
 * kernel's frame with vector registers needs the most. */
#define HANDLER_STACK (64 * 1024)

/* What ends a program that does nothing about it.  SIGALRM is here for the
 * loop: it sets an alarm when it is told to end, in case it is stuck in a
 * write to a dead line. */
static const int fatal_signals[] = {
	SIGSEGV, SIGBUS,  SIGABRT, SIGFPE,  SIGILL,  SIGSYS,
	SIGTRAP, SIGQUIT, SIGXCPU, SIGUSR1, SIGUSR2, SIGALRM,
};

static struct termios saved_modes;
static volatile sig_atomic_t modes_saved;
static int saved_fd = -1;
static char saved_bytes[256];
static volatile sig_atomic_t saved_len;

void restore_save_modes(int fd)
{
	saved_fd = fd;
	modes_saved = tcgetattr(fd, &saved_modes) == 0;
}

void restore_save_bytes(const char *bytes, size_t len)
{
	saved_len = 0;
	if (len > sizeof(saved_bytes))
		return;
	memcpy(saved_bytes, bytes, len);
	saved_len = (sig_atomic_t)len;
}

void restore_now(void)
{
	int saved_errno = errno;
	int flags;
	ssize_t written;

	if (saved_fd < 0)
		return;
	/* in the background these calls would stop the program instead */
	signal(SIGTTOU, SIG_IGN);
	/* What is still to be sent makes room.  Ctrl-S is undone, or the bytes
	 * below would stay behind it; a line that nobody reads must not keep
	 * the dying program. */
	tcflush(saved_fd, TCOFLUSH);
	tcflow(saved_fd, TCOOFF);
	tcflow(saved_fd, TCOON);
	flags = fcntl(saved_fd, F_GETFL);
	if (flags >= 0)
		fcntl(saved_fd, F_SETFL, flags | O_NONBLOCK);
	if (saved_len > 0) {
		written = write(saved_fd, saved_bytes, (size_t)saved_len);
		(void)written; /* there is nobody left to tell */
	}
	if (flags >= 0)
		fcntl(saved_fd, F_SETFL, flags);
	if (modes_saved)
		tcsetattr(saved_fd, TCSANOW, &saved_modes);
	errno = saved_errno;
}

static void on_fatal(int signal_number)
{
	restore_now();
	/* SA_RESETHAND and SA_NODEFER: this one gets the default action now,
	 * so the shell and the core dump see the true cause */
	raise(signal_number);
}

int restore_on_fatal_signals(void)
{
	struct sigaction action = { .sa_handler = on_fatal };
	static char room[HANDLER_STACK];
	const stack_t stack = { .ss_sp = room, .ss_size = sizeof(room) };

	/* touched now: there may be no memory left when it is needed */
	memset(room, 0, sizeof(room));
	if (sigaltstack(&stack, NULL) < 0)
		return -errno;
	action.sa_flags = (int)(SA_ONSTACK | SA_RESETHAND | SA_NODEFER);
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(fatal_signals); i++)
		sigaction(fatal_signals[i], &action, NULL);
	return 0;
}

void restore_forget(void)
{
	saved_len = 0;
	modes_saved = 0;
	saved_fd = -1;
}
