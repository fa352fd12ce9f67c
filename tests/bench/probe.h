/* SPDX-License-Identifier: MIT
 *
 * What the probes of the benchmarks share: clocks, series of figures, numbers
 * of the kernel's files.  They measure memtop and its peers from outside, so
 * nothing here comes from memtop's own code.
 */
#ifndef BENCH_PROBE_H
#define BENCH_PROBE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  INT64_C(1000000000)

/* Exit status for "this machine can't carry that load": EX_TEMPFAIL. */
#define EXIT_TOO_SMALL 75

/* Monotonic nanoseconds. */
int64_t probe_now(void);

/* Until that moment, whatever interrupts. */
void probe_sleep_until(int64_t ns);

/* Prints "PROGRAM: what: error" and ends with status 1. */
_Noreturn void probe_die(const char *what);

/* A decimal number above 0 from the command line, else the program ends with
 * status 2. */
double probe_number(const char *text);

/* Bytes that programs could still take. */
uint64_t probe_available(void);

/* SIGKILL when the parent ends: no load outlives its runner. */
void probe_die_with_parent(pid_t parent);

/* The file's text, cut to size - 1; -1 when it can't be read. */
ssize_t probe_read(const char *path, char *buf, size_t size);

/* Figures that are looked at as a whole. */
struct series {
	double *values;
	size_t count, size;
};
void series_add(struct series *series, double value);
/* 0.5: the median; 1: the largest.  Sorts; NAN of an empty one. */
double series_quantile(struct series *series, double quantile);
void series_done(struct series *series);

#endif
