/* SPDX-License-Identifier: MIT
 *
 * Who pushes others out to swap and who suffers from it.  The limits are those
 * that the manual and the glossary name.
 */
#include "memtop/swap_users.h"

#define PUSHER_GROWTH	   0.01 /* of RAM, a minute */
#define PUSHER_OUT_SHARE   30.0 /* percent of what is swapped out */
#define VICTIM_FAULT_SHARE 5.0	/* percent of all major faults */

static double counter_rate(const struct snapshot *snapshot, const char *name)
{
	const struct counter *counter = snapshot_counter(snapshot, name);

	return counter ? counter->rate : NAN;
}

/* Pages a second to and from swap as bytes; zswap takes and gives too. */
static double flow(const struct snapshot *snapshot, const char *device,
		   const char *cache)
{
	double pages = counter_rate(snapshot, device);
	double cached = counter_rate(snapshot, cache);
	uint64_t page = snapshot->host ? snapshot->host->page_size : 4096;

	return (pages + (isnan(cached) ? 0 : cached)) * (double)page;
}

static double percent(double part, double whole)
{
	if (isnan(part) || isnan(whole))
		return NAN;
	if (whole <= 0)
		return 0;
	/* the two were not read at the same moment */
	return fmin(part / whole * 100, 100);
}

double swap_fault_share(const struct snapshot *snapshot,
			const struct process *process)
{
	if (process->stat.state != STATE_OK)
		return NAN;
	return percent(process->major_fault_rate,
		       counter_rate(snapshot, "pgmajfault"));
}

double swap_out_rate(const struct snapshot *snapshot,
		     const struct process *process)
{
	double in = flow(snapshot, "pswpin", "zswpin");
	double share = swap_fault_share(snapshot, process);

	if (process->status.state != STATE_OK ||
	    isnan(process->swap_growth_rate) || isnan(in) || isnan(share))
		return NAN;
	return fmax(process->swap_growth_rate + in * share / 100, 0);
}

static bool is_pusher(const struct snapshot *snapshot,
		      const struct process *process)
{
	double out = flow(snapshot, "pswpout", "zswpout");
	double ram = (double)snapshot->memory.total;

	if (snapshot->memory.total != UNKNOWN &&
	    process->growth_rate * 60 > ram * PUSHER_GROWTH)
		return true;
	return out > 0 && percent(swap_out_rate(snapshot, process), out) >
				  PUSHER_OUT_SHARE;
}

bool swap_waits(const struct process *process)
{
	return process->major_fault_rate >= SWAP_WAIT_FAULTS &&
	       process->swap != UNKNOWN && process->swap;
}

enum swap_role swap_role(const struct snapshot *snapshot,
			 const struct process *process)
{
	double share = swap_fault_share(snapshot, process);

	if (is_pusher(snapshot, process))
		return SWAP_PUSHER;
	if (share > VICTIM_FAULT_SHARE || swap_waits(process))
		return SWAP_VICTIM;
	if (process->status.state != STATE_OK || process->swap == UNKNOWN ||
	    process->swap == 0)
		return SWAP_NONE;
	if (isnan(share))
		return SWAP_UNKNOWN;
	return process->major_fault_rate >= SWAP_QUIET_FAULTS ? SWAP_READER
							      : SWAP_IDLE;
}

#define SLEEP_BYTES (256 * MIB)
#define SLEEP_SHARE 50.0  /* percent of its own memory */
#define SLEEP_MINOR 100.0 /* minor faults a second: it works */

double swap_share(const struct process *process)
{
	if (process->status.state != STATE_OK || process->anon == UNKNOWN ||
	    process->swap == UNKNOWN)
		return NAN;
	return percent((double)process->swap,
		       (double)process->anon + (double)process->swap);
}

enum swap_sleep swap_sleep(const struct process *process, uint64_t quiet_ns)
{
	double faults = process->major_fault_rate;

	if (!(swap_share(process) >= SLEEP_SHARE) ||
	    process->swap < SLEEP_BYTES || process->stat.state != STATE_OK ||
	    isnan(faults))
		return SWAP_SLEEP_NONE;
	if (faults >= SWAP_WAIT_FAULTS)
		return SWAP_SLEEP_SUFFERS;
	if (faults >= SWAP_QUIET_FAULTS ||
	    process->minor_fault_rate >= SLEEP_MINOR)
		return SWAP_SLEEP_READING;
	if (quiet_ns == UNKNOWN)
		return SWAP_SLEEP_NONE;
	if (process->state == 'D')
		return SWAP_SLEEP_BLOCKED;
	return quiet_ns >= SWAP_QUIET_NS ? SWAP_SLEEP_ASLEEP : SWAP_SLEEP_SHORT;
}

const char *swap_role_name(enum swap_role role)
{
	static const char *const names[] = {
		[SWAP_NONE] = "-",	  [SWAP_UNKNOWN] = "..",
		[SWAP_IDLE] = "idle",	  [SWAP_PUSHER] = "pusher",
		[SWAP_VICTIM] = "victim", [SWAP_READER] = "reader",
	};

	return names[role];
}
