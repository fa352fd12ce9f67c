/* SPDX-License-Identifier: MIT
 *
 * Hostile names: nothing that steers a terminal gets through, and what gets
 * through has exactly the width that was promised.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/text.h"

static void check(const char *src, int max_cells, const char *expected)
{
	char buf[256];
	int cells =
		text_printable(buf, sizeof(buf), src, strlen(src), max_cells);

	assert_string_equal(buf, expected);
	assert_int_equal(cells, text_cells(expected));
}

static int use_utf8(void **state)
{
	(void)state;
	return setlocale(LC_ALL, "C.UTF-8") == NULL;
}

static int use_c(void **state)
{
	(void)state;
	return setlocale(LC_ALL, "C") == NULL;
}

static void test_references(void **state)
{
	struct text *text = text_new("a\0b", 3);
	struct text *same = text_new("a\0b", 3);
	struct text *other = text_new("a\0c", 3);

	(void)state;
	assert_int_equal(text_len(text), 3);
	assert_memory_equal(text_str(text), "a\0b", 4);
	assert_true(text_equal(text, same));
	assert_false(text_equal(text, other));
	assert_false(text_equal(text, NULL));
	assert_true(text_equal(NULL, NULL));
	assert_ptr_equal(text_ref(text), text);
	text_unref(text);
	assert_int_equal(text_str(text)[0], 'a');
	text_unref(text);
	text_unref(same);
	text_unref(other);
	text_unref(NULL);
	assert_null(text_ref(NULL));
	assert_string_equal(text_str(NULL), "");
	assert_int_equal(text_len(NULL), 0);
}

static void test_controls(void **state)
{
	(void)state;
	check("plain name", 20, "plain name");
	check("a\nb\tc\rd", 20, "a?b?c?d");
	check("\033[31mred\007\177", 20, "?[31mred??");
	check("\x9b"
	      "31m",
	      20, "?31m"); /* C1 as a raw byte */
	check("\xc2\x9b"
	      "31m",
	      20, "?31m");		/* U+009B */
	check("\xe2\x80\xa8", 20, "?"); /* line separator */
}

static void test_invalid(void **state)
{
	(void)state;
	check("a\xff"
	      "b",
	      20, "a?b");
	check("\xc0\xaf", 20, "??");	       /* overlong '/' */
	check("\xed\xa0\x80", 20, "???");      /* surrogate */
	check("\xf4\x90\x80\x80", 20, "????"); /* beyond Unicode */
	check("x\xe2\x82", 20, "x??");	       /* cut short */
}

static void test_widths(void **state)
{
	(void)state;
	check("\xe6\xbc\xa2\xe5\xad\x97", 4, "\xe6\xbc\xa2\xe5\xad\x97");
	/* half a wide character is not drawn */
	check("\xe6\xbc\xa2\xe5\xad\x97x", 4, "\xe6\xbc\xa2+");
	check("a\xe6\xbc\xa2\xe5\xad\x97", 4, "a\xe6\xbc\xa2+");
	check("e\xcc\x81x", 2, "e\xcc\x81x");
	check("\xcc\x81x", 5, "?x");  /* nothing to sit on */
	check("\n\xcc\x81", 5, "??"); /* nor a '?' of ours */
	check("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81", 9,
	      "e\xcc\x81\xcc\x81\xcc\x81?");
}

static void test_format_characters(void **state)
{
	static const char *const hostile[] = {
		"\xe2\x80\xae",	    /* right-to-left override */
		"\xe2\x81\xa6",	    /* isolate */
		"\xe2\x80\x8b",	    /* zero width space */
		"\xe2\x80\x8d",	    /* joiner */
		"\xef\xbb\xbf",	    /* byte order mark */
		"\xc2\xad",	    /* soft hyphen */
		"\xef\xb8\x8f",	    /* variation selector */
		"\xf3\xa0\x81\x81", /* tag */
	};
	char name[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		strcpy(name, "a");
		strcat(name, hostile[i]);
		strcat(name, "b");
		check(name, 9, "a?b");
	}
}

static void test_cut(void **state)
{
	char buf[16];

	(void)state;
	check("abcdef", 6, "abcdef");
	check("abcdefg", 6, "abcde+");
	check("abc", 1, "+");
	check("a", 1, "a");
	check("abc", 0, "");
	check("", 5, "");
	/* the buffer is the tighter limit */
	assert_int_equal(text_printable(buf, 4, "abcdef", 6, 6), 3);
	assert_string_equal(buf, "ab+");
	assert_int_equal(text_printable(buf, 1, "abcdef", 6, 6), 0);
	assert_string_equal(buf, "");
	assert_int_equal(text_printable(buf, 4, "a\xe6\xbc\xa2z", 5, 9), 2);
	assert_string_equal(buf, "a+");
}

/* Cut anywhere, no part of a character is left; what is whole stays. */
static void test_mended_end(void **state)
{
	static const char name[] = "a\u00e9\u8a18\u61b6\U0001f4be";
	static const size_t whole[] = { 0, 1, 1, 3, 3, 3, 6,
					6, 6, 9, 9, 9, 9, 13 };

	(void)state;
	for (size_t cut = 0; cut < sizeof(name); cut++) {
		char buf[sizeof(name)] = "";

		memcpy(buf, name, cut);
		text_mend_end(buf);
		assert_int_equal(strlen(buf), whole[cut]);
		assert_memory_equal(buf, name, whole[cut]);
	}
}

static void test_c_locale(void **state)
{
	(void)state;
	check("na\xc3\xafve", 20, "na??ve");
	check("\xe6\xbc\xa2\033[m", 20, "????[m");
	check("\x85\x9b", 20, "??");
}

/* What text_printable() may put out, told in another way than it decides. */
static void check_output(const char *s, int cells, int max_cells)
{
	mbstate_t shift = { 0 };
	int sum = 0;

	assert_true(cells <= max_cells);
	while (*s != '\0') {
		wchar_t wide;
		size_t n = mbrtowc(&wide, s, 8, &shift);

		assert_true(n >= 1 && n <= 4);
		assert_true(wcwidth(wide) >= 0);
		assert_true(wide >= 0x20 && (wide < 0x7f || wide >= 0xa0));
		assert_false(wide >= 0x200b && wide <= 0x200f);
		assert_false(wide >= 0x202a && wide <= 0x202e);
		sum += wcwidth(wide);
		s += n;
	}
	assert_int_equal(sum, cells);
}

static void test_random(void **state)
{
	static const char bytes[] = "a\n\033\x80\x9b\xc2\xcc\x81\xe2\x80\xae"
				    "\xe6\xbc\xa2\xf0\x9f\x98\x80\xff?+ ";
	char src[4096], dst[600];

	(void)state;
	srand(2);
	for (int i = 0; i < 20000; i++) {
		size_t len = (size_t)rand() % (i % 100 ? 60 : sizeof(src));
		size_t size = 1 + (size_t)rand() % sizeof(dst);
		int max_cells = rand() % 200;
		int cells;

		for (size_t j = 0; j < len; j++)
			src[j] = i % 2 ? (char)rand()
				       : bytes[(size_t)rand() %
					       (sizeof(bytes) - 1)];
		memset(dst, '#', sizeof(dst));
		cells = text_printable(dst, size, src, len, max_cells);
		assert_true(strlen(dst) < size);
		check_output(dst, cells, max_cells);
		for (size_t j = size; j < sizeof(dst); j++)
			assert_int_equal(dst[j], '#');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_references),
		cmocka_unit_test_setup(test_controls, use_utf8),
		cmocka_unit_test_setup(test_invalid, use_utf8),
		cmocka_unit_test_setup(test_widths, use_utf8),
		cmocka_unit_test_setup(test_format_characters, use_utf8),
		cmocka_unit_test_setup(test_cut, use_utf8),
		cmocka_unit_test(test_mended_end),
		cmocka_unit_test_setup(test_random, use_utf8),
		cmocka_unit_test_setup(test_c_locale, use_c),
		cmocka_unit_test_setup(test_random, use_c),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
