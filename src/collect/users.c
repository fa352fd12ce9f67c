/* SPDX-License-Identifier: MIT
 *
 * A table of user names and the thread that fills it.  Knows no process.
 */
#include "users.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "memtop/base.h"
#include "memtop/thread.h"

struct user {
	uint64_t uid;
	const struct text *name; /* NULL: not known yet */
};

struct users {
	pthread_mutex_t mutex;
	pthread_cond_t wake, ended;
	struct user *list; /* in order of first question */
	size_t count, size;
	size_t asked; /* the first so many are looked up or being so */
	bool closing, running, abandoned;
};

static void users_free(struct users *users)
{
	for (size_t i = 0; i < users->count; i++)
		text_unref(users->list[i].name);
	free(users->list);
	pthread_cond_destroy(&users->wake);
	pthread_cond_destroy(&users->ended);
	pthread_mutex_destroy(&users->mutex);
	free(users);
}

static const struct text *look_up(uint64_t uid)
{
	char buf[4096], number[24];
	struct passwd entry, *found = NULL;
	const char *name = number;

	snprintf(number, sizeof(number), "%" PRIu64, uid);
	if (getpwuid_r((uid_t)uid, &entry, buf, sizeof(buf), &found) == 0 &&
	    found && found->pw_name[0])
		name = found->pw_name;
	return text_new(name, strlen(name));
}

static void *users_main(void *argument)
{
	struct users *users = argument;

	thread_name("user names");
	pthread_mutex_lock(&users->mutex);
	while (!users->closing) {
		if (users->asked == users->count) {
			pthread_cond_wait(&users->wake, &users->mutex);
			continue;
		}
		size_t i = users->asked++;
		uint64_t uid = users->list[i].uid;

		pthread_mutex_unlock(&users->mutex);
		const struct text *name = look_up(uid);
		pthread_mutex_lock(&users->mutex);
		users->list[i].name = name;
	}
	users->running = false;
	bool abandoned = users->abandoned;

	pthread_cond_signal(&users->ended);
	pthread_mutex_unlock(&users->mutex);
	if (abandoned)
		users_free(users);
	return NULL;
}

/* Mutex held. */
static int add(struct users *users, uint64_t uid)
{
	if (users->count == users->size) {
		size_t size = users->size ? users->size * 2 : 16;
		struct user *bigger =
			realloc(users->list, size * sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		users->list = bigger;
		users->size = size;
	}
	users->list[users->count++] = (struct user){ .uid = uid };
	pthread_cond_signal(&users->wake);
	return 0;
}

const struct text *users_name(struct users *users, uint64_t uid)
{
	const struct text *name = NULL;
	size_t i;

	pthread_mutex_lock(&users->mutex);
	for (i = 0; i < users->count && users->list[i].uid != uid; i++)
		;
	if (i < users->count)
		name = text_ref(users->list[i].name);
	else
		add(users, uid);
	pthread_mutex_unlock(&users->mutex);
	return name;
}

int users_new(struct users **ret)
{
	struct users *users = calloc(1, sizeof(*users));
	int r;

	if (!users)
		return -ENOMEM;
	pthread_mutex_init(&users->mutex, NULL);
	thread_cond_init(&users->wake);
	thread_cond_init(&users->ended);
	users->running = true;
	r = thread_start(users_main, users, THREAD_STACK);
	if (r < 0) {
		users->running = false;
		users_close(users);
		return r;
	}
	*ret = users;
	return 0;
}

void users_close(struct users *users)
{
	uint64_t until = tree_now() + 50 * NS_PER_MS;

	if (!users)
		return;
	pthread_mutex_lock(&users->mutex);
	users->closing = true;
	pthread_cond_signal(&users->wake);
	while (users->running && tree_now() < until)
		thread_wait(&users->ended, &users->mutex, until);
	bool alone = !users->running;

	users->abandoned = !alone;
	pthread_mutex_unlock(&users->mutex);
	if (alone)
		users_free(users);
}
