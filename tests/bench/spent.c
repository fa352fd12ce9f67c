/* SPDX-License-Identifier: MIT
 *
 * Runs a command and prints on standard error what it took: CPU time, that of
 * the processes it waited for included, and time on the wall.
 *
 *   spent COMMAND [ARGUMENT]...
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

static double ms(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

int main(int argc, char *argv[])
{
	int64_t began = probe_now();
	struct rusage usage;
	pid_t pid;
	int status;

	if (argc < 2)
		return 2;
	pid = fork();
	if (pid < 0)
		probe_die("fork");
	if (!pid) {
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &usage) < 0)
		probe_die("wait4");
	fprintf(stderr, "cpu_ms %.2f\nwall_ms %.2f\n",
		ms(usage.ru_utime) + ms(usage.ru_stime),
		(double)(probe_now() - began) / 1e6);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
