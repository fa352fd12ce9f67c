/* SPDX-License-Identifier: MIT
 *
 * /proc/self/mountinfo, as far as it tells what /proc hides.  The text is
 * written by whoever mounts something, so that it is not trusted.
 */
#include "mounts.h"

#include <string.h>

#include "memtop/base.h"
#include "memtop/kernfile.h"
#include "mountinfo.h"
#include "scan.h"

/* Numbers before 5.8 and words since. */
static const struct {
	const char *value;
	enum hidepid hidepid;
} modes[] = {
	{ "1", HIDEPID_NOACCESS },   { "noaccess", HIDEPID_NOACCESS },
	{ "2", HIDEPID_INVISIBLE },  { "invisible", HIDEPID_INVISIBLE },
	{ "4", HIDEPID_PTRACEABLE }, { "ptraceable", HIDEPID_PTRACEABLE },
};

static bool is_word(const char *s, size_t len, const char *word)
{
	return len == strlen(word) && !memcmp(s, word, len);
}

static void parse_option(const char *s, size_t len, struct proc_mount *mount)
{
	static const char hidepid[] = "hidepid=", gid[] = "gid=";
	const char *end;
	size_t i;

	if (is_word(s, len, "subset=pid")) {
		mount->only_pids = true;
	} else if (len > sizeof(gid) - 1 && !memcmp(s, gid, sizeof(gid) - 1)) {
		mount->has_gid =
			parse_u64(s + sizeof(gid) - 1, &end, &mount->gid);
	} else if (len > sizeof(hidepid) - 1 &&
		   !memcmp(s, hidepid, sizeof(hidepid) - 1)) {
		for (i = 0; i < ARRAY_SIZE(modes); i++)
			if (is_word(s + sizeof(hidepid) - 1,
				    len - (sizeof(hidepid) - 1),
				    modes[i].value))
				mount->hidepid = modes[i].hidepid;
	}
}

static bool parse_mount(const char *line, struct proc_mount *ret)
{
	struct mountinfo mount;

	if (!mountinfo_parse(line, &mount) ||
	    !is_word(mount.path, mount.path_len, "/proc") ||
	    !is_word(mount.type, mount.type_len, "proc"))
		return false;
	*ret = (struct proc_mount){ 0 };
	for (const char *s = mount.options;
	     s < mount.options + mount.options_len;) {
		size_t len = strcspn(s, ", \t\n");

		parse_option(s, len, ret);
		s += len;
		s += *s == ',';
	}
	return true;
}

bool mounts_find_proc(const char *text, struct proc_mount *ret)
{
	bool found = false;

	/* later lines lie on top of earlier ones */
	for (; *text; text = scan_line(text))
		found |= parse_mount(text, ret);
	return found;
}
