/* SPDX-License-Identifier: MIT
 *
 * A load to look at: processes of a known size that rest, that keep changing
 * their size, or that are born and die all the time.  Prints "ready" when it
 * stands and ends with its parent, with SIGTERM, or after its time; nothing of
 * it outlives it.  A load that this machine has no room for isn't begun (exit
 * status 75).
 *
 *   load [-n COUNT] [-m MIB] [-s] [-v PERCENT] [-e MS] [-t SECONDS]
 *   load -b BIRTHS_PER_SECOND [-l LIFE_MS] [-t SECONDS]
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

#define MIB ((size_t)1 << 20)
/* Of what is available; the rest of the machine needs to go on. */
#define SHARE_MAX 0.75
/* Beside its memory, a process costs page tables, stacks and structures. */
#define PROCESS_COST (MIB / 5)

struct load {
	size_t count, bytes;
	bool spread;	  /* sizes from 0.5 to 1.5 times bytes */
	double vary;	  /* share of it that comes and goes */
	int64_t every_ns; /* how often it does */
	double births, life_ms;
	double seconds; /* 0: until it is ended */
};

static volatile sig_atomic_t ended;

static void on_end(int number)
{
	(void)number;
	ended = 1;
}

static void set_name(const char *name, long number)
{
	char text[16];

	snprintf(text, sizeof(text), "%s%ld", name, number);
	prctl(PR_SET_NAME, text);
}

/* Grows and shrinks by the same share for ever; each one at its own phase. */
_Noreturn static void change(char *memory, size_t bytes,
			     const struct load *load, size_t index)
{
	size_t part = (size_t)((double)bytes * load->vary) & ~(size_t)4095;
	int64_t due = probe_now() +
		      load->every_ns * (int64_t)index / (int64_t)load->count;

	for (;;) {
		probe_sleep_until(due += load->every_ns);
		madvise(memory + bytes - part, part, MADV_DONTNEED);
		probe_sleep_until(due += load->every_ns);
		memset(memory + bytes - part, 1, part);
	}
}

_Noreturn static void be_child(const struct load *load, size_t index,
			       pid_t parent)
{
	size_t bytes = load->bytes;
	char *memory;

	probe_die_with_parent(parent);
	signal(SIGTERM, SIG_DFL);
	set_name("load", (long)index);
	if (load->spread)
		bytes = bytes / 2 + bytes * index / load->count;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		_exit(EXIT_FAILURE);
	madvise(memory, bytes, MADV_NOHUGEPAGE);
	memset(memory, 1, bytes);
	raise(SIGSTOP); /* tells the parent that it stands */
	if (load->vary > 0)
		change(memory, bytes, load, index);
	for (;;)
		pause();
}

static void check_room(const struct load *load)
{
	double wanted =
		(double)(load->bytes + PROCESS_COST) * (double)load->count;

	if (wanted <= SHARE_MAX * (double)probe_available())
		return;
	fprintf(stderr, "load: %zu processes of %zu MiB need %.1f GiB free\n",
		load->count, load->bytes / MIB,
		wanted / SHARE_MAX / 1024 / (double)MIB);
	exit(EXIT_TOO_SMALL);
}

/* One after the other, so that the machine is never asked for all at once. */
static void start_children(const struct load *load)
{
	pid_t parent = getpid();

	for (size_t i = 0; i < load->count && !ended; i++) {
		pid_t pid = fork();
		int status;

		if (pid < 0) {
			perror("load: fork");
			exit(EXIT_TOO_SMALL);
		}
		if (!pid)
			be_child(load, i, parent);
		if (waitpid(pid, &status, WUNTRACED) == pid &&
		    !WIFSTOPPED(status))
			exit(EXIT_TOO_SMALL);
		kill(pid, SIGCONT);
	}
}

/* Births on a schedule: what a slow moment missed follows at once.  A child
 * carries its own pid as its name, so that a record that was mixed up shows. */
static void keep_bearing(const struct load *load)
{
	int64_t began = probe_now(), due = began, end;
	int64_t each = (int64_t)((double)NS_PER_S / load->births);
	long born = 0, buried = 0;
	double alive = 0;

	end = load->seconds > 0 ? began + (int64_t)(load->seconds * 1e9)
				: INT64_MAX;
	while (!ended && (due += each) < end) {
		pid_t parent = getpid(), pid;

		probe_sleep_until(due);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			buried++;
		pid = fork();
		if (!pid) {
			set_name("b", getpid());
			probe_die_with_parent(parent);
			probe_sleep_until(probe_now() +
					  (int64_t)(load->life_ms * 1e6));
			_exit(EXIT_SUCCESS);
		}
		born += pid > 0;
		alive += (double)(born - buried);
	}
	if (born)
		printf("births_per_s %.0f\nalive %.1f\n",
		       (double)born * 1e9 / (double)(probe_now() - began),
		       alive / (double)born);
}

/* Children first, so that the memory is back when the load has ended. */
static void stop_children(void)
{
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM); /* the group that main() made */
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

static void rest(double seconds)
{
	int64_t end = probe_now() + (int64_t)(seconds * 1e9);

	while (!ended && (seconds <= 0 || probe_now() < end))
		usleep(100 * 1000);
}

static void parse(int argc, char *argv[], struct load *load)
{
	int option;

	while ((option = getopt(argc, argv, "n:m:sv:e:b:l:t:")) != -1) {
		double number = option == '?' || option == 's'
					? 0
					: probe_number(optarg);

		switch (option) {
		case 'n':
			load->count = (size_t)number;
			break;
		case 'm':
			load->bytes = (size_t)(number * (double)MIB);
			break;
		case 's':
			load->spread = true;
			break;
		case 'v':
			load->vary = number / 100;
			break;
		case 'e':
			load->every_ns = (int64_t)(number * 1e6);
			break;
		case 'b':
			load->births = number;
			break;
		case 'l':
			load->life_ms = number;
			break;
		case 't':
			load->seconds = number;
			break;
		default:
			exit(2);
		}
	}
}

int main(int argc, char *argv[])
{
	struct load load = { .count = 1,
			     .bytes = MIB,
			     .every_ns = 500 * NS_PER_MS,
			     .life_ms = 100 };
	struct sigaction action = { .sa_handler = on_end };

	parse(argc, argv, &load);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	probe_die_with_parent(getppid());
	setpgid(0, 0);
	if (load.births > 0) {
		puts("ready");
		fflush(stdout);
		keep_bearing(&load);
		return 0;
	}
	check_room(&load);
	start_children(&load);
	puts("ready");
	fflush(stdout);
	rest(load.seconds);
	stop_children();
	return 0;
}
