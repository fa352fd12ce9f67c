/* SPDX-License-Identifier: MIT
 *
 * Shared immutable strings, and the one way from bytes that another process
 * chose to bytes that a terminal may be given.  Separate because that way is
 * a matter of safety: it is read, tested and fuzzed on its own.  Knows the
 * locale, but no screen and no process.
 */
#include "memtop/text.h"

#include <langinfo.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "memtop/base.h"

struct text {
	atomic_uint refs;
	size_t len;
	char bytes[];
};

struct text *text_new(const char *bytes, size_t len)
{
	struct text *text;

	if (len > SIZE_MAX / 2)
		return NULL;
	text = malloc(sizeof(*text) + len + 1);
	if (text == NULL)
		return NULL;
	atomic_init(&text->refs, 1);
	text->len = len;
	if (len > 0)
		memcpy(text->bytes, bytes, len);
	text->bytes[len] = '\0';
	return text;
}

struct text *text_ref(const struct text *text)
{
	/* only the count changes: what the text says stays const */
	struct text *shared = (struct text *)text;

	if (shared != NULL)
		atomic_fetch_add_explicit(&shared->refs, 1,
					  memory_order_relaxed);
	return shared;
}

void text_unref(const struct text *text)
{
	struct text *shared = (struct text *)text;

	if (shared != NULL &&
	    atomic_fetch_sub_explicit(&shared->refs, 1, memory_order_acq_rel) ==
		    1)
		free(shared);
}

const char *text_str(const struct text *text)
{
	return text != NULL ? text->bytes : "";
}

size_t text_len(const struct text *text)
{
	return text != NULL ? text->len : 0;
}

bool text_equal(const struct text *a, const struct text *b)
{
	if (a == b)
		return true;
	if (a == NULL || b == NULL)
		return false;
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/*
 * Characters that draw nothing but steer what stands beside them: bidi
 * controls, joiners, variation selectors (they change a neighbour's width),
 * line separators, tags.  wcwidth() calls some of them 0 wide, some 1; no
 * two terminals agree, so none of them gets through.
 */
static bool is_format_character(wchar_t c)
{
	/* clang-format off */
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00ad, 0x00ad },   { 0x034f, 0x034f },
		{ 0x0600, 0x0605 },   { 0x061c, 0x061c },
		{ 0x06dd, 0x06dd },   { 0x070f, 0x070f },
		{ 0x0890, 0x0891 },   { 0x08e2, 0x08e2 },
		{ 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },
		{ 0x180b, 0x180f },   { 0x200b, 0x200f },
		{ 0x2028, 0x202e },   { 0x2060, 0x206f },
		{ 0x3164, 0x3164 },   { 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffb },   { 0x110bd, 0x110cd },
		{ 0x13430, 0x1345f }, { 0x1bca0, 0x1bca3 },
		{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if ((uint32_t)c >= ranges[i].first &&
		    (uint32_t)c <= ranges[i].last)
			return true;
	return false;
}

static bool is_utf8_locale(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* One character of the source, judged on its own. */
struct glyph {
	const char *bytes; /* what is written for it */
	size_t len;
	size_t taken; /* bytes of the source */
	int cells;    /* 0: sits on the character before */
};

static struct glyph glyph_read(const char *src, size_t len, bool utf8)
{
	struct glyph unfit = { .bytes = "?", .len = 1, .taken = 1, .cells = 1 };
	mbstate_t state = { 0 };
	wchar_t wide;
	size_t n;
	int cells;

	if (src[0] >= 0x20 && src[0] <= 0x7e)
		return (struct glyph){ src, 1, 1, 1 };
	if (!utf8 || (unsigned char)src[0] < 0x80)
		return unfit;
	n = mbrtowc(&wide, src, len, &state);
	/* some C libraries let through more than there is in Unicode */
	if (n == (size_t)-1 || n == (size_t)-2 || n == 0 || wide > 0x10ffff)
		return unfit;
	unfit.taken = n;
	cells = wcwidth(wide);
	if (cells < 0 || cells > 2 || is_format_character(wide))
		return unfit;
	return (struct glyph){ src, n, n, cells };
}

/* More marks than this on one character are decoration or an attack. */
enum { MARKS_MAX = 3 };

int text_printable(char *dst, size_t size, const char *src, size_t len,
		   int max_cells)
{
	static const struct glyph unfit = { "?", 1, 0, 1 };
	bool utf8 = is_utf8_locale();
	bool has_base = false; /* a mark may sit on the last character */
	size_t used = 0, cut = 0;
	int cells = 0, cut_cells = 0, marks = 0;

	for (size_t at = 0; at < len;) {
		struct glyph glyph = glyph_read(src + at, len - at, utf8);

		at += glyph.taken;
		if (glyph.cells == 0 && (!has_base || marks == MARKS_MAX))
			glyph = unfit;
		if (cells + glyph.cells > max_cells ||
		    glyph.len > size - 1 - used) {
			if (max_cells < 1 || size < 2)
				break;
			dst[cut] = '+';
			dst[cut + 1] = '\0';
			return cut_cells + 1;
		}
		memcpy(dst + used, glyph.bytes, glyph.len);
		used += glyph.len;
		cells += glyph.cells;
		has_base = glyph.bytes[0] != '?' && glyph.bytes[0] != ' ';
		marks = glyph.cells == 0 ? marks + 1 : 0;
		/* the last place where the '+' still fits behind */
		if (cells < max_cells && used + 1 < size) {
			cut = used;
			cut_cells = cells;
		}
	}
	dst[used] = '\0';
	return cells;
}

void text_mend_end(char *s)
{
	size_t len = strlen(s), rest = 0, whole = 1;
	unsigned char first;

	while (rest < len && rest < 3 &&
	       ((unsigned char)s[len - 1 - rest] & 0xc0) == 0x80)
		rest++;
	if (rest == len)
		return;
	first = (unsigned char)s[len - 1 - rest];
	if (first >= 0xc0)
		whole = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	if (rest + 1 < whole)
		s[len - 1 - rest] = '\0';
}

int text_cells(const char *s)
{
	mbstate_t state = { 0 };
	int cells = 0;

	while (*s != '\0') {
		wchar_t wide;
		int width = 1;
		size_t n;

		/* most is, and asking the locale costs a hundred times more */
		if (*s >= ' ' && *s <= '~') {
			cells++;
			s++;
			continue;
		}
		n = mbrtowc(&wide, s, MB_CUR_MAX, &state);
		if (n == (size_t)-1 || n == (size_t)-2 || n == 0) {
			/* shown as one wrong cell a byte */
			state = (mbstate_t){ 0 };
			n = 1;
		} else {
			width = wcwidth(wide);
		}
		cells += width > 0 ? width : 0;
		s += n;
	}
	return cells;
}
