/* SPDX-License-Identifier: MIT
 *
 * Capabilities, by the two system calls themselves: a library would bring a
 * dependency for a dozen lines.  Separate because the way privileges are
 * held must be readable in one place.  Knows nothing of what they are used
 * for.
 */
#include "memtop/privilege.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Written once by privilege_init(), before there are threads. */
static bool lowered;

struct caps {
	struct __user_cap_data_struct set[_LINUX_CAPABILITY_U32S_3];
};

static int caps_get(struct caps *ret)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	return syscall(SYS_capget, &header, ret->set) < 0 ? -errno : 0;
}

/* Pid 0 is the calling thread: the others keep what they have. */
static int caps_set(const struct caps *caps)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	return syscall(SYS_capset, &header, caps->set) < 0 ? -errno : 0;
}

static int set_effective(bool raised)
{
	struct caps caps;
	int error = caps_get(&caps);

	if (error < 0)
		return error;
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		caps.set[i].effective = raised ? caps.set[i].permitted : 0;
	return caps_set(&caps);
}

/* A setuid or setgid bit gives more than memtop is meant to have, and cannot
 * be confined to single threads: it is given up, saved ids included. */
static int drop_ids(void)
{
	uid_t uid = getuid();
	gid_t gid = getgid();

	if (getegid() != gid && setresgid(gid, gid, gid) < 0)
		return -errno;
	if (geteuid() != uid && setresuid(uid, uid, uid) < 0)
		return -errno;
	if (getegid() != gid || geteuid() != uid)
		return -EPERM;
	return 0;
}

int privilege_init(void)
{
	int error = drop_ids();

	if (error < 0 || getuid() == 0)
		return error;
	error = set_effective(false);
	lowered = error == 0;
	return error;
}

void privilege_raise(void)
{
	if (lowered)
		set_effective(true);
}

void privilege_lower(void)
{
	/* to keep them where they must not be would be a hole */
	if (lowered && set_effective(false) < 0)
		abort();
}

bool privilege_has(int cap)
{
	struct caps caps;

	if (cap < 0 || cap > CAP_LAST_CAP || caps_get(&caps) < 0)
		return false;
	return caps.set[CAP_TO_INDEX(cap)].permitted & CAP_TO_MASK(cap);
}
