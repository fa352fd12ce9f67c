/* SPDX-License-Identifier: MIT
 *
 * The tables of keys: no key with two meanings in one place, no action
 * without a key, no key without an action.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "../../src/ui/ui.h"

/* The places a user can be in. */
static const unsigned places[] = {
	WHERE_OVERVIEW,
	WHERE_PROCESSES,
	WHERE_SWAP,
	WHERE_OOM,
	WHERE_THP,
	WHERE_DETAILS,
	WHERE_DETAILS | WHERE_SUMMARY,
	WHERE_DETAILS | WHERE_MAPPINGS,
	WHERE_DETAILS | WHERE_HISTORY,
};

static const struct action *find_action(const char *name)
{
	for (size_t i = 0; i < action_count; i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

static void test_every_binding_resolves(void **state)
{
	(void)state;
	for (size_t i = 0; i < binding_count; i++)
		if (!find_action(bindings[i].action))
			fail_msg("key %s: no action %s", bindings[i].key_name,
				 bindings[i].action);
}

static void test_every_action_has_a_key(void **state)
{
	char keys[64];

	(void)state;
	for (size_t i = 0; i < action_count; i++) {
		action_keys(&actions[i], keys, sizeof(keys));
		if (!*keys)
			fail_msg("%s has no key", actions[i].name);
	}
}

static void test_every_action_is_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < action_count; i++) {
		const struct action *a = &actions[i];

		/* one that shares a line of help holds where that line does */
		if (!a->help && (!i || actions[i - 1].where != a->where ||
				 actions[i - 1].group != a->group))
			fail_msg("%s: whose line does it share?", a->name);
		assert_true(a->where != 0);
		assert_true(a->group < ACT_GROUP_COUNT);
		assert_true(a->run != NULL);
		/* a word of the key bar has a place there */
		if ((a->label != NULL) != (a->bar != 0))
			fail_msg("%s: label without place", a->name);
		for (size_t k = 0; k < i; k++)
			if (strcmp(actions[k].name, a->name) == 0)
				fail_msg("%s twice", a->name);
	}
}

static void test_no_key_has_two_meanings(void **state)
{
	(void)state;
	for (size_t p = 0; p < ARRAY_SIZE(places); p++)
		for (size_t i = 0; i < binding_count; i++)
			for (size_t k = 0; k < i; k++) {
				const struct action *a =
					find_action(bindings[i].action);
				const struct action *b =
					find_action(bindings[k].action);

				if (bindings[i].key != bindings[k].key ||
				    !(a->where & places[p]) ||
				    !(b->where & places[p]))
					continue;
				fail_msg("%s: %s and %s at %#x",
					 bindings[i].key_name, a->name, b->name,
					 places[p]);
			}
}

static void test_a_key_has_one_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < binding_count; i++)
		for (size_t k = 0; k < i; k++)
			if ((bindings[i].key == bindings[k].key) !=
			    (strcmp(bindings[i].key_name,
				    bindings[k].key_name) == 0))
				fail_msg("%s and %s", bindings[i].key_name,
					 bindings[k].key_name);
}

/* What other keys and the flow control of terminals need. */
static void test_some_keys_are_left_alone(void **state)
{
	static const char left_alone[] = "sqwt";

	(void)state;
	for (size_t i = 0; i < binding_count; i++)
		for (const char *c = left_alone; *c; c++)
			assert_true(bindings[i].key != KEYCODE_CTRL(*c));
}

static void test_lookup_follows_the_place(void **state)
{
	const struct action *a;

	(void)state;
	a = action_for_key('+', WHERE_PROCESSES);
	assert_string_equal(a->name, "expand");
	a = action_for_key('+', WHERE_DETAILS | WHERE_HISTORY);
	assert_string_equal(a->name, "zoom-in");
	assert_null(action_for_key('+', WHERE_OVERVIEW));
	assert_string_equal(action_for_key('1', WHERE_SWAP)->name, "overview");
	assert_string_equal(action_for_key('1', WHERE_DETAILS)->name,
			    "page-summary");
	assert_null(action_for_key('J', WHERE_ALL));
}

static void test_keys_of_an_action(void **state)
{
	char keys[64];

	(void)state;
	action_keys(find_action("signal"), keys, sizeof(keys));
	assert_string_equal(keys, "K F9");
	action_keys(find_action("signal"), keys, 3);
	assert_true(strlen(keys) < 3);
	/* with those that share its line of help */
	action_keys(find_action("up"), keys, sizeof(keys));
	assert_string_equal(keys, "Up Down k j");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_binding_resolves),
		cmocka_unit_test(test_every_action_has_a_key),
		cmocka_unit_test(test_every_action_is_complete),
		cmocka_unit_test(test_no_key_has_two_meanings),
		cmocka_unit_test(test_a_key_has_one_name),
		cmocka_unit_test(test_some_keys_are_left_alone),
		cmocka_unit_test(test_lookup_follows_the_place),
		cmocka_unit_test(test_keys_of_an_action),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
