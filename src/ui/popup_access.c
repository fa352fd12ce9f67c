/* SPDX-License-Identifier: MIT
 *
 * What this user may not see, how much that is, and the smallest right that
 * would show it.  Everything here comes from the snapshot, so that it holds
 * for a recording of another machine too.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/list.h"
#include "memtop/text.h"
#include "popup.h"

struct access {
	struct sheet sheet;
};

/* Who was killed, from the log instead of from who vanished. */
static void add_log(struct sheet *sheet, const struct list *kills)
{
	if (list_state(kills) == STATE_DENIED)
		sheet_line(sheet, "%-12s %-14s %-8s %s", "kernel log", "none",
			   "all", "CAP_SYSLOG or kernel.dmesg_restrict=0");
	else if (list_state(kills) == STATE_ABSENT)
		sheet_line(sheet, "%-12s %-14s %-8s %s", "kernel log", "none",
			   "all", "there is no /dev/kmsg here");
}

/* "40 of 312" and "272" */
static void add_pss(struct sheet *sheet, const struct snapshot *snapshot)
{
	const struct coverage *coverage = &snapshot->coverage;
	const struct host *host = snapshot->host;
	char shown[48], without[24];

	snprintf(shown, sizeof(shown), "%" PRIu64 " of %" PRIu64,
		 coverage->pss_known, coverage->processes);
	/* before all were tried it is not known how many are refused */
	if (snapshot->complete || coverage->pss_denied)
		snprintf(without, sizeof(without), "%" PRIu64,
			 coverage->pss_denied);
	else
		strcpy(without, "..");
	sheet_line(sheet, "%-12s %-14s %-8s %s", "", "SHOWN", "WITHOUT",
		   "WHAT HELPS");
	sheet_line(sheet, "%-12s %-14s %-8s %s", "PSS USS THP", shown, without,
		   coverage->pss_denied ? "CAP_PERFMON or CAP_SYS_PTRACE"
					: "-");
	sheet_line(sheet, "%-12s %-14s %-8s %s", "mappings", "the same",
		   without, coverage->pss_denied ? "the same" : "-");
	add_log(sheet, snapshot_list(snapshot, ENTITY_KILL));
	if (host->uid != 0)
		sheet_line(sheet, "%-12s %-14s %-8s %s", "kill, adj",
			   "your own", "the rest",
			   "root (CAP_KILL, CAP_SYS_RESOURCE)");
}

static void add_rest(struct sheet *sheet, int width,
		     const struct coverage *coverage, const struct host *host)
{
	if (host->hidepid || coverage->hidden == 1)
		sheet_wrap(sheet, width, NULL,
			   "/proc hides other users' processes (hidepid): rows "
			   "are missing, and sums are too small. The mount "
			   "option gid= names a group that sees them.");
	else
		sheet_wrap(sheet, width, NULL,
			   "All else (RAM, swap, PSI, THP, OOM scores; RSS, "
			   "swap and faults of every process) is complete.");
	if (host->container)
		sheet_wrap(sheet, width, NULL,
			   "memtop runs inside a container: processes outside "
			   "of it are not there, RAM and swap are the host's.");
	if (!host->psi)
		sheet_wrap(sheet, width, NULL,
			   "This kernel has no pressure figures: boot with "
			   "psi=1.");
	if (coverage->pss_stuck)
		sheet_line(sheet,
			   "%" PRIu64 " processes hang in the kernel while "
			   "being read: shown as ?",
			   coverage->pss_stuck);
}

static void add_remedy(struct sheet *sheet, int width,
		       const struct coverage *coverage, const struct host *host)
{
	if (!coverage->pss_denied)
		return;
	sheet_line(sheet, "%s", "");
	if (host->uid == 0 || host->sees_all) {
		sheet_wrap(sheet, width, NULL,
			   "Those processes stay closed even to this user "
			   "(security module or namespace): shown as ?");
		return;
	}
	sheet_wrap(sheet, width, "Once", "sudo memtop");
	sheet_wrap(sheet, width, "Always",
		   "sudo setcap cap_perfmon,cap_dac_read_search+ep FILE");
	sheet_wrap(sheet, width, "",
		   "(reading only; FILE is the memtop binary; kernels that do "
		   "not know cap_perfmon take cap_sys_ptrace)");
}

static void build(struct sheet *sheet, int width,
		  const struct snapshot *snapshot)
{
	const struct host *host = snapshot->host;
	char user[64];

	sheet_clear(sheet);
	text_printable(user, sizeof(user), host->user, strlen(host->user), 32);
	sheet_line(sheet, "You are %s (uid %" PRIu64 ")%s", user, host->uid,
		   host->sees_all ? "; the memory of all users can be read."
				  : ".");
	sheet_line(sheet, "%s", "");
	add_pss(sheet, snapshot);
	add_rest(sheet, width, &snapshot->coverage, host);
	add_remedy(sheet, width, &snapshot->coverage, host);
}

static void access_draw(struct ui *ui, const struct canvas *screen)
{
	struct access *access = ui->popup_state;

	if (ui->snapshot && ui->snapshot->host)
		build(&access->sheet, popup_text_cells(screen, POPUP_WIDTH),
		      ui->snapshot);
	sheet_draw(&access->sheet, screen, POPUP_WIDTH,
		   "What this user may not see, and how to fix it",
		   "j/k scroll   Esc close");
}

static bool access_key(struct ui *ui, int key)
{
	struct access *access = ui->popup_state;

	scroll_key(&access->sheet.scroll, key);
	return !popup_closes(key) && key != 'A';
}

static void access_close(struct ui *ui)
{
	struct access *access = ui->popup_state;

	sheet_done(&access->sheet);
	free(access);
}

static const struct popup access_popup = {
	.name = "access",
	.draw = access_draw,
	.key = access_key,
	.close = access_close,
};

void popup_access(struct ui *ui, int arg)
{
	struct access *access;

	(void)arg;
	if (!ui->snapshot || !ui->snapshot->host) {
		ui_message(ui, "not known yet");
		return;
	}
	access = popup_memory(ui, sizeof(*access));
	if (!access)
		return;
	ui_open_popup(ui, &access_popup, access);
}
