/* SPDX-License-Identifier: MIT
 *
 * What limits apply here and whom a kill would hit, as objects: both follow
 * from the sample and are in no table of fields.
 */
#include <json-c/json.h>
#include <string.h>

#include "json_write.h"
#include "memtop/cgroup.h"
#include "memtop/forecast.h"
#include "memtop/list.h"

/* Of the control groups memtop is in: NULL where none has one. */
struct json_object *json_own_limit(const struct snapshot *snapshot)
{
	static const uint8_t shown[] = { CGROUP_PATH, CGROUP_NAME,
					 CGROUP_CURRENT };
	const struct entity *entity = &entities[ENTITY_CGROUP];
	const struct cgroup *group = cgroup_applying(snapshot);
	struct json_object *object = group ? json_object_new_object() : NULL;
	uint64_t left;

	if (!object)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++)
		json_add_field(object, entity, &entity->fields[shown[i]],
			       group);
	json_object_object_add(object, "limit",
			       json_object_new_uint64(group->max));
	left = cgroup_available(group, &snapshot->memory);
	json_object_object_add(object, "available",
			       left == UNKNOWN ? NULL
					       : json_object_new_uint64(left));
	return object;
}

/* NULL: it can't be had. */
static struct json_object *json_candidate(const struct oom_candidate *candidate)
{
	const struct process *p = candidate->process;
	const struct entity *entity = &entities[ENTITY_PROCESS];
	uint64_t ram = process_frees_ram(p), swap = process_frees_swap(p);
	struct json_object *object = json_object_new_object();

	if (!object)
		return NULL;
	json_add_field(object, entity, &entity->fields[PROCESS_PID], p);
	json_add_field(object, entity, &entity->fields[PROCESS_START_TIME], p);
	json_object_object_add(object, "command",
			       json_text(p->comm, strlen(p->comm)));
	json_object_object_add(object, "points",
			       json_object_new_int64(candidate->points));
	json_object_object_add(object, "frees",
			       ram == UNKNOWN || swap == UNKNOWN
				       ? NULL
				       : json_object_new_uint64(ram + swap));
	return object;
}

/* Who dies with the victim; NULL: nobody, or it can't be had. */
static struct json_object *json_group(const struct snapshot *snapshot,
				      const struct oom_domain *domain,
				      const struct process *victim)
{
	struct json_object *object;
	struct oom_group group;
	const struct text *path;

	if (!oom_group_of(snapshot, domain, victim, &group))
		return NULL;
	object = json_object_new_object();
	if (!object)
		return NULL;
	path = group.cgroup->path;
	json_object_object_add(object, "path",
			       json_text(text_str(path), text_len(path)));
	json_object_object_add(object, "processes",
			       json_object_new_uint64(group.processes));
	json_object_object_add(object, "frees",
			       group.frees == UNKNOWN
				       ? NULL
				       : json_object_new_uint64(group.frees));
	return object;
}

/* Victim and ranking of one domain, added to object. */
static void add_ranking(struct json_object *object,
			const struct snapshot *snapshot,
			const struct oom_domain *domain)
{
	struct json_object *list = json_object_new_array();
	struct oom_ranking ranking;

	if (oom_ranking_make(snapshot, domain, NULL, &ranking) < 0)
		ranking.count = 0;
	json_object_object_add(object, "victim",
			       ranking.count ? json_candidate(&ranking.list[0])
					     : NULL);
	json_object_object_add(
		object, "group",
		ranking.count
			? json_group(snapshot, domain, ranking.list[0].process)
			: NULL);
	for (size_t i = 0; list && i < ranking.count; i++)
		json_object_array_add(list, json_candidate(&ranking.list[i]));
	json_object_object_add(object, "ranking", list);
}

/* Of a cgroup near its limit. */
static struct json_object *json_limit(const struct snapshot *snapshot,
				      const struct oom_limit *limit)
{
	static const enum cgroup_field fields[] = { CGROUP_PATH, CGROUP_CURRENT,
						    CGROUP_HEADROOM };
	const struct entity *entity = &entities[ENTITY_CGROUP];
	struct json_object *object = json_object_new_object();

	if (!object)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		json_add_field(object, entity, &entity->fields[fields[i]],
			       limit->cgroup);
	json_object_object_add(object, "limit",
			       json_object_new_uint64(limit->cgroup->max));
	add_ranking(object, snapshot, &limit->domain);
	return object;
}

struct json_object *json_oom(const struct snapshot *snapshot)
{
	const struct oom_domain machine = oom_machine(snapshot);
	struct json_object *object = json_object_new_object();
	struct json_object *global = json_object_new_object();
	struct json_object *cgroups = json_object_new_array();
	struct oom_limit limits[OOM_LIMITS_MAX];
	size_t count = oom_limits(snapshot, limits);

	if (!object || !global || !cgroups) {
		json_object_put(object);
		json_object_put(global);
		json_object_put(cgroups);
		return NULL;
	}
	add_ranking(global, snapshot, &machine);
	json_object_object_add(object, "global", global);
	for (size_t i = 0; i < count; i++)
		json_object_array_add(cgroups,
				      json_limit(snapshot, &limits[i]));
	json_object_object_add(object, "cgroups", cgroups);
	return object;
}
