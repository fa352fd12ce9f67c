/* SPDX-License-Identifier: MIT
 *
 * The views of a recording: the questions people come with, answered in one
 * line of SQL.  For those people only: memtop itself never reads a view.
 *
 * What holds at a sample is, for each process, its last row between the
 * keyframe and the sample.  max() in an aggregate makes SQLite take the other
 * columns from that row; grouping by time first lets it look at the one
 * sample that is asked for instead of at all.
 */
#include "memtop/base.h"
#include "schema.h"

/* The rows of a table of processes that hold at each sample. */
#define AT_EACH_SAMPLE(table)                                       \
	"FROM samples s CROSS JOIN " table " x "                    \
	"ON x.sample BETWEEN s.keyframe AND s.sample "              \
	"JOIN processes p ON p.id = x.process "                     \
	"AND (p.last_sample IS NULL OR p.last_sample >= s.sample) " \
	"LEFT JOIN texts c ON c.id = p.comm "                       \
	"LEFT JOIN texts u ON u.id = p.user "                       \
	"GROUP BY s.time, s.sample, x.process"
#define WHO "s.time AS time, p.pid AS pid, c.text AS comm, u.text AS user"
#define OVER_TIME(table)                                          \
	"FROM " table " x JOIN samples s ON s.sample = x.sample " \
	"JOIN processes p ON p.id = x.process "                   \
	"LEFT JOIN texts c ON c.id = p.comm "                     \
	"LEFT JOIN texts u ON u.id = p.user"

/* clang-format off */
const struct schema_view schema_views[] = {
	{ "top_pss",
	  "CREATE VIEW top_pss AS SELECT time, pid, comm, user, pss, uss, "
	  "swap_pss FROM (SELECT " WHO ", max(x.sample), x.pss, x.uss, "
	  "x.swap_pss " AT_EACH_SAMPLE("process_smaps") ") ORDER BY pss DESC" },
	{ "top_swap",
	  "CREATE VIEW top_swap AS SELECT time, pid, comm, user, swap, "
	  "anon + file + shmem AS rss "
	  "FROM (SELECT " WHO ", max(x.sample), x.swap, x.anon, x.file, "
	  "x.shmem " AT_EACH_SAMPLE("process_status") ") ORDER BY swap DESC" },
	{ "pss_over_time",
	  "CREATE VIEW pss_over_time AS SELECT " WHO ", x.pss AS pss, "
	  "x.uss AS uss, x.swap_pss AS swap_pss "
	  OVER_TIME("process_smaps") },
	{ "swap_over_time",
	  "CREATE VIEW swap_over_time AS SELECT " WHO ", x.swap AS swap, "
	  "x.anon AS anon, x.file AS file, x.shmem AS shmem "
	  OVER_TIME("process_status") },
	{ "oom_kills",
	  "CREATE VIEW oom_kills AS SELECT time, value - before AS kills, "
	  "(SELECT group_concat(c.text || '[' || p.pid || ']', ' ') "
	  "FROM processes p LEFT JOIN texts c ON c.id = p.comm "
	  "WHERE p.last_sample BETWEEN sample - 2 AND sample) AS exited "
	  "FROM (SELECT s.time, s.sample, v.value, "
	  "lag(v.value) OVER (PARTITION BY g.boot_id ORDER BY v.sample) "
	  "AS before FROM vmstat v JOIN texts t ON t.id = v.name "
	  "JOIN samples s ON s.sample = v.sample "
	  "JOIN segments g ON g.id = s.segment "
	  "WHERE t.text = 'oom_kill') WHERE value > before" },
};
/* clang-format on */

const size_t schema_view_count = ARRAY_SIZE(schema_views);
