/* SPDX-License-Identifier: MIT
 *
 * What people call a control group: the systemd unit, the container, the pod,
 * the session.  The kernel knows paths only; what stands in them are habits of
 * other programs, which may change, so whatever is not recognised keeps the
 * last component of its path.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "memtop/cgroup.h"

/* A container's id has 64 digits; 12 are what its tools show. */
enum { ID_LENGTH = 64, ID_SHOWN = 12, POD_SHOWN = 8, KIND_SIZE = 12 };

/* What stands between prefix and suffix. */
enum middle {
	MIDDLE_ID,   /* the id of a container: shown short behind label */
	MIDDLE_NAME, /* a name: shown behind label */
	MIDDLE_UNIT, /* the whole component is the name */
};

/* clang-format off */
static const struct pattern {
	const char *prefix, *suffix;
	const char *kind, *label;
	enum middle middle;
} patterns[] = { /* the first that fits */
	{ "docker-", ".scope", "docker", "docker", MIDDLE_ID },
	{ "cri-containerd-", ".scope", "container", "container", MIDDLE_ID },
	{ "crio-conmon-", ".scope", "monitor", "crio monitor", MIDDLE_ID },
	{ "crio-", ".scope", "container", "container", MIDDLE_ID },
	{ "libpod-conmon-", ".scope", "monitor", "podman monitor", MIDDLE_ID },
	{ "libpod-", ".scope", "podman", "podman", MIDDLE_ID },
	{ "nerdctl-", ".scope", "container", "nerdctl", MIDDLE_ID },
	{ "lxc.payload.", "", "lxc", "lxc", MIDDLE_NAME },
	{ "lxc.monitor.", "", "monitor", "lxc monitor", MIDDLE_NAME },
	{ "machine-lxc-", ".scope", "lxc", "lxc", MIDDLE_NAME },
	{ "machine-qemu-", ".scope", "vm", "vm", MIDDLE_NAME },
	{ "machine-", ".scope", "machine", "machine", MIDDLE_NAME },
	{ "systemd-nspawn@", ".service", "machine", "machine", MIDDLE_NAME },
	{ "snap.", ".scope", "app", "", MIDDLE_UNIT },
	{ "app-flatpak-", ".scope", "app", "", MIDDLE_UNIT },
	{ "app-", ".scope", "app", "", MIDDLE_UNIT },
	{ "session-", ".scope", "session", "", MIDDLE_UNIT },
	{ "user@", ".service", "user", "", MIDDLE_UNIT },
	{ "user-", ".slice", "user", "", MIDDLE_UNIT },
	{ "", ".service", "service", "", MIDDLE_UNIT },
	{ "", ".scope", "scope", "", MIDDLE_UNIT },
	{ "", ".slice", "slice", "", MIDDLE_UNIT },
};

/* Who names the directory of a container by its bare id. */
static const struct {
	const char *parent, *kind;
} parents[] = {
	{ "docker", "docker" }, { "buildkit", "docker" }, { "moby", "docker" },
	{ "libpod_parent", "podman" },
};
/* clang-format on */

static bool is_id(const char *s, size_t len)
{
	if (len != ID_LENGTH)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isxdigit((unsigned char)s[i]))
			return false;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* systemd writes what may not stand in a name as \x2d. */
static void unescape(char *to, size_t size, const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n < size - 1; i++) {
		if (len - i > 3 && s[i] == '\\' && s[i + 1] == 'x' &&
		    hex_digit(s[i + 2]) >= 0 && hex_digit(s[i + 3]) >= 0) {
			to[n++] = (char)(hex_digit(s[i + 2]) << 4 |
					 hex_digit(s[i + 3]));
			i += 3;
		} else {
			to[n++] = s[i];
		}
	}
	to[n] = '\0';
}

static void put(char name[CGROUP_NAME_SIZE], char kind[KIND_SIZE],
		const char *what, const char *label, const char *s, size_t len)
{
	snprintf(kind, KIND_SIZE, "%s", what);
	snprintf(name, CGROUP_NAME_SIZE, "%s%s%.*s", label, *label ? " " : "",
		 (int)len, s);
}

/* machine-qemu-3-web.scope: the number is libvirt's own */
static void skip_number(const char **s, size_t *len)
{
	size_t digits = strspn(*s, "0123456789");

	if (digits > 0 && digits + 1 < *len && (*s)[digits] == '-') {
		*s += digits + 1;
		*len -= digits + 1;
	}
}

static bool fits(const struct pattern *pattern, const char *leaf, char *name,
		 char *kind)
{
	size_t len = strlen(leaf), begin = strlen(pattern->prefix);
	size_t end = strlen(pattern->suffix);
	const char *s = leaf + begin;

	if (len <= begin + end || strncmp(leaf, pattern->prefix, begin) ||
	    strcmp(leaf + len - end, pattern->suffix))
		return false;
	len -= begin + end;
	switch (pattern->middle) {
	case MIDDLE_ID:
		if (!is_id(s, len))
			return false;
		len = ID_SHOWN;
		break;
	case MIDDLE_NAME:
		if (!strcmp(pattern->kind, "vm"))
			skip_number(&s, &len);
		break;
	case MIDDLE_UNIT:
		s = leaf;
		len = strlen(leaf);
		break;
	}
	put(name, kind, pattern->kind, pattern->label, s, len);
	return true;
}

/*
 * The first digits of a pod's uid, which systemd's driver writes with _:
 *
 *   kubepods-burstable-pod3f1c9a80_11d2_4a52_9d37_b0c3a0b5f2aa.slice
 *   pod3f1c9a80-11d2-4a52-9d37-b0c3a0b5f2aa
 */
static bool is_pod(const char *leaf, char *name, char *kind)
{
	const char *pod = leaf;
	size_t digits;

	if (!strncmp(leaf, "kubepods", 8) && !(pod = strstr(leaf, "-pod")))
		return false;
	pod += *pod == '-';
	if (strncmp(pod, "pod", 3))
		return false;
	digits = strspn(pod + 3, "0123456789abcdef");
	if (digits < POD_SHOWN)
		return false;
	put(name, kind, "pod", "pod", pod + 3, POD_SHOWN);
	return true;
}

/* Is that the component before leaf? */
static bool is_parent(const char *path, const char *leaf, const char *parent)
{
	size_t len = strlen(parent);

	return leaf - path >= (ptrdiff_t)len + 2 &&
	       leaf[-2 - (int)len] == '/' &&
	       !strncmp(leaf - 1 - len, parent, len);
}

/*
 * /docker/<id>, /kubepods/burstable/pod<uid>/<id>, and in one component
 * kubepods-burstable-pod<uid>.slice:cri-containerd:<id>
 */
static bool is_bare_id(const char *path, const char *leaf, char *name,
		       char *kind)
{
	const char *colon = strrchr(leaf, ':');
	const char *id = colon ? colon + 1 : leaf, *what = "container";

	if (!is_id(id, strlen(id)))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(parents); i++)
		if (is_parent(path, leaf, parents[i].parent))
			what = parents[i].kind;
	put(name, kind, what, what, id, ID_SHOWN);
	return true;
}

void cgroup_describe(const char *path, char name[CGROUP_NAME_SIZE],
		     char kind[KIND_SIZE])
{
	const char *slash = strrchr(path, '/');
	const char *leaf = slash ? slash + 1 : path;
	char plain[CGROUP_NAME_SIZE];

	if (!*leaf) {
		put(name, kind, "root", "", "/", 1);
		return;
	}
	if (is_bare_id(path, leaf, name, kind))
		return;
	unescape(plain, sizeof(plain), leaf, strlen(leaf));
	if (is_pod(plain, name, kind))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if (fits(&patterns[i], plain, name, kind))
			return;
	if (is_parent(path, leaf, "lxc") ||
	    is_parent(path, leaf, "lxc.payload"))
		put(name, kind, "lxc", "lxc", plain, strlen(plain));
	else
		put(name, kind, "group", "", plain, strlen(plain));
}

const struct text *cgroup_title(const struct cgroup *cgroup)
{
	return cgroup->name ? cgroup->name : cgroup->path;
}

static bool ends_in(const char *s, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len > n && !memcmp(s + len - n, end, n);
}

/* /user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope */
bool cgroup_unit(const char *path, const char **ret, bool *ret_user)
{
	static const char *const ends[] = { ".slice",  ".service", ".scope",
					    ".socket", ".mount",   ".swap" };
	bool user = false;

	while (*path == '/') {
		const char *part = path + 1;
		size_t len = strcspn(part, "/");

		path = part + len;
		for (size_t i = 0; !*path && i < ARRAY_SIZE(ends); i++)
			if (ends_in(part, len, ends[i])) {
				*ret = part;
				*ret_user = user;
				return true;
			}
		/* what is below any other belongs to that one alone */
		if (!strncmp(part, "user@", 5) &&
		    ends_in(part, len, ".service"))
			user = true;
		else if (!ends_in(part, len, ".slice"))
			return false;
	}
	return false;
}
