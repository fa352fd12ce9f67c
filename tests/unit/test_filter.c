/* SPDX-License-Identifier: MIT
 *
 * The filter language: what matches, and where it says an error is.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/rows.h"
#include "sample.h"

static bool matches(const char *expression, const struct process *process)
{
	struct filter *filter = NULL;
	struct filter_error error = { 0 };
	bool ret;

	if (filter_parse(expression, &filter, &error) != 0)
		fail_msg("%s: %zu: %s", expression, error.at, error.what);
	ret = filter_match(filter, process);
	filter_free(filter);
	return ret;
}

static struct process *celery(void)
{
	struct process *process = sample_process(52011, 1, "python3");

	process->command = sample_text("/usr/bin/python3 -m celery worker");
	process->cgroup = sample_text("/celery.slice/celery-1.service");
	process->user = sample_text("celery");
	process->uid = 990;
	process->swap = 303 * MIB;
	process->pss = 407 * MIB;
	process->major_fault_rate = 263;
	process->growth_rate = -1.0 * MIB / 60;
	process->oom_score_adj = 200;
	return process;
}

static void test_words(void **state)
{
	struct process *p = celery();

	(void)state;
	assert_true(matches("celery", p));
	assert_true(matches("CELERY", p) == false); /* case-smart */
	assert_true(matches("Celery", p) == false);
	assert_true(matches("python3", p));
	assert_true(matches("\"celery worker\"", p));
	assert_false(matches("\"worker celery\"", p));
	assert_true(matches("worker celery", p)); /* two terms */
	assert_false(matches("worker nginx", p));
	assert_true(matches("!nginx", p));
	assert_false(matches("!celery", p));
	assert_true(matches("/usr/bin", p));
	assert_true(matches("", p));
	assert_true(matches("  ", p));
	process_unref(p);
}

static void test_text_fields(void **state)
{
	struct process *p = celery();

	(void)state;
	assert_true(matches("cg:celery", p));
	assert_true(matches("cgroup:slice/", p));
	assert_true(matches("user:cel", p));
	assert_false(matches("user=cel", p));
	assert_true(matches("user=celery", p));
	assert_true(matches("cmd:-m", p));
	assert_true(matches("cmd:\"-m celery\"", p));
	assert_true(matches("state:S", p));
	assert_false(matches("!state:S", p));
	assert_false(matches("unit:x", p)); /* it has none */
	assert_true(matches("!unit:x", p));
	process_unref(p);

	p = sample_process(7, 1, "kswapd0");
	p->uid = 1000;
	assert_true(matches("cmd:kswapd", p)); /* comm stands in */
	assert_true(matches("user:1000", p));
	process_unref(p);
}

static void test_numbers(void **state)
{
	struct process *p = celery();

	(void)state;
	assert_true(matches("swap>100M", p));
	assert_false(matches("swap>303M", p));
	assert_true(matches("swap>=303M", p));
	assert_true(matches("swap=303M", p));
	assert_true(matches("swap<1G", p));
	assert_true(matches("swap<=303M", p));
	assert_false(matches("!swap>100M", p));
	assert_true(matches("rss=0", p));
	assert_true(matches("majflt>0.2k", p));
	assert_false(matches("majflt>1k", p));
	assert_true(matches("grow<-0.5M", p));
	assert_true(matches("grow>-2M", p));
	assert_true(matches("adj=200 pid=52011", p));
	assert_true(matches("cg:celery swap>100M !bulk_", p));
	process_unref(p);
}

static void test_unknown(void **state)
{
	struct process *p = celery();

	/* neither the bound nor the negation makes it known */
	(void)state;
	p->rss = GIB;
	p->smaps.state = STATE_DENIED;
	assert_false(matches("pss>100M", p));
	assert_false(matches("pss<100M", p));
	assert_false(matches("!pss>100M", p));
	process_unref(p);
}

static void test_errors(void **state)
{
	static const struct {
		const char *expression;
		size_t at;
		const char *what;
	} cases[] = {
		{ "swap>100M foo:bar", 10, "there is no field \"foo\"" },
		{ "rss>", 4, "a number is missing here" },
		{ "  cmd:", 6, "a text is missing here" },
		{ "rss>10Q", 4, "\"10Q\" is no size such as 100M" },
		{ "oom>many", 4, "\"many\" is no number" },
		{ "user>3", 0, "user is a text: user:TEXT" },
		{ "!rss:3", 1, "rss is a number: use > < or =" },
		{ "a \"b c", 2, "this quote is not closed" },
		{ "a !", 2, "a word is missing here" },
		{ "a \"\"", 2, "a word is missing here" },
		{ "age>1h", 0, "start_time can not be filtered" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter *filter = NULL;
		struct filter_error error = { 0 };

		assert_int_equal(
			filter_parse(cases[i].expression, &filter, &error),
			-EINVAL);
		assert_null(filter);
		assert_string_equal(error.what, cases[i].what);
		assert_int_equal(error.at, cases[i].at);
	}
}

static void test_random(void **state)
{
	static const char bytes[] = "rss>=<:!\" M1.pcmd-x\n\xc3";
	struct process *p = celery();
	char expression[40];

	(void)state;
	srand(3);
	for (int i = 0; i < 50000; i++) {
		size_t len = (size_t)rand() % (sizeof(expression) - 1);
		struct filter *filter = NULL;
		struct filter_error error = { 0 };
		int result;

		for (size_t j = 0; j < len; j++)
			expression[j] =
				bytes[(size_t)rand() % (sizeof(bytes) - 1)];
		expression[len] = '\0';
		result = filter_parse(expression, &filter, &error);
		if (result == 0) {
			filter_match(filter, p);
			filter_free(filter);
		} else {
			assert_int_equal(result, -EINVAL);
			assert_true(error.at <= len);
			assert_true(error.what[0] != '\0');
		}
	}
	process_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_text_fields),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
