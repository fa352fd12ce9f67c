/* SPDX-License-Identifier: MIT
 *
 * The bytes behind pack.h.  Separate because it is all arithmetic: it knows
 * words, and neither processes nor time.
 *
 * A word that differs is a head and the bytes that the head speaks of.  The
 * high half of the head says how many words in between are as they were, the
 * low half what follows:
 *
 *	0 to 8	     so many bytes of the difference, the low ones first
 *	KIB + 1 to 5 so many bytes of the difference in KiB
 *	ALL_ONES     nothing: the word is UNKNOWN
 *	JUMP	     nothing: no word, but 16 times (high half + 1) words are
 *		     as they were
 *
 * END closes the list.
 */
#include "pack.h"

#include <endian.h>
#include <string.h>

#include "memtop/base.h"

enum {
	PLAIN_MAX = 8,
	KIB_BYTES = 8,
	KIB_MAX = 5,
	ALL_ONES = 14,
	JUMP = 15,
	GAP_MAX = 15,
	JUMP_WORDS = 16,
	JUMPS_MAX = 15, /* a 16th would be END */
	END = 0xff,
};

/* Small differences of either sign become small numbers. */
static uint64_t zigzag(uint64_t difference)
{
	return difference << 1 ^ (0 - (difference >> 63));
}

static uint64_t unzigzag(uint64_t number)
{
	return number >> 1 ^ (0 - (number & 1));
}

static uint8_t *put_bytes(uint8_t *out, uint64_t number, unsigned count)
{
	for (; count > 0; count--, number >>= 8)
		*out++ = (uint8_t)number;
	return out;
}

/* Unpacking is mostly this, so it reads eight bytes where there are eight. */
static uint64_t get_bytes(const uint8_t *in, const uint8_t *end, unsigned count)
{
	uint64_t number = 0;

	if (end - in >= (ptrdiff_t)sizeof(number) && count > 0) {
		memcpy(&number, in, sizeof(number));
		return le64toh(number) &
		       UINT64_MAX >> (8 * (sizeof(number) - count));
	}
	while (count > 0)
		number = number << 8 | in[--count];
	return number;
}

static unsigned bytes_of(uint64_t number)
{
	return number == 0 ? 0 : 8 - (unsigned)__builtin_clzll(number) / 8;
}

/* What a word is compared with.  The files of one process are read one right
 * after the other, so a time is best told from the last one. */
static uint64_t expected(uint64_t before, enum word kind, uint64_t last_time)
{
	if (kind == WORD_TIME && last_time != 0)
		return last_time;
	/* a difference to UNKNOWN would be larger than the figure itself */
	return before == UNKNOWN ? 0 : before;
}

static uint8_t *put_word(uint8_t *out, unsigned gap, uint64_t base,
			 uint64_t now, enum word kind)
{
	uint64_t number, difference = now - base;
	unsigned code;

	gap <<= 4;
	if (now == UNKNOWN) {
		*out = (uint8_t)(gap | ALL_ONES);
		return out + 1;
	}
	if (kind == WORD_DOUBLE) {
		number = __builtin_bswap64(now ^ base);
		code = bytes_of(number);
	} else if (difference % KIB == 0 && difference != 0) {
		number = zigzag((uint64_t)((int64_t)difference / (int64_t)KIB));
		code = bytes_of(number) + KIB_BYTES;
	} else {
		number = zigzag(difference);
		code = bytes_of(number);
	}
	if (code > KIB_BYTES + KIB_MAX) {
		number = zigzag(difference);
		code = bytes_of(number);
	}
	*out = (uint8_t)(gap | code);
	return put_bytes(out + 1, number,
			 code > PLAIN_MAX ? code - KIB_BYTES : code);
}

size_t pack_words(uint8_t *out, const uint64_t *before, const uint64_t *now,
		  const uint8_t *kinds, size_t n)
{
	uint8_t *const start = out;
	uint64_t last_time = 0;
	size_t next = 0; /* behind the last word that was put */

	for (size_t i = 0; i < n; i++) {
		size_t gap = i - next;

		if (now[i] == before[i])
			continue;
		while (gap > GAP_MAX) {
			size_t jumps = gap / JUMP_WORDS;

			if (jumps > JUMPS_MAX)
				jumps = JUMPS_MAX;
			*out++ = (uint8_t)((jumps - 1) << 4 | JUMP);
			gap -= jumps * JUMP_WORDS;
		}
		out = put_word(out, (unsigned)gap,
			       expected(before[i], kinds[i], last_time), now[i],
			       kinds[i]);
		if (kinds[i] == WORD_TIME)
			last_time = now[i];
		next = i + 1;
	}
	if (out == start)
		return 0;
	*out++ = END;
	return (size_t)(out - start);
}

const uint8_t *unpack_words(const uint8_t *in, const uint8_t *end,
			    uint64_t *words, const uint8_t *kinds)
{
	uint64_t last_time = 0;
	size_t i = 0;

	while (*in != END) {
		const unsigned code = *in & 0xf, high = *in >> 4;
		unsigned bytes = code;
		uint64_t number, base;

		in++;
		if (code == JUMP) {
			i += (high + 1) * JUMP_WORDS;
			continue;
		}
		i += high;
		base = expected(words[i], kinds[i], last_time);
		if (code == ALL_ONES)
			bytes = 0;
		else if (code > PLAIN_MAX)
			bytes -= KIB_BYTES;
		number = get_bytes(in, end, bytes);
		in += bytes;
		if (code == ALL_ONES)
			words[i] = UNKNOWN;
		else if (kinds[i] == WORD_DOUBLE)
			words[i] = base ^ __builtin_bswap64(number);
		else if (code > PLAIN_MAX)
			words[i] = base + unzigzag(number) * KIB;
		else
			words[i] = base + unzigzag(number);
		if (kinds[i] == WORD_TIME)
			last_time = words[i];
		i++;
	}
	return in + 1;
}

size_t pack_number(uint8_t *out, uint64_t number)
{
	size_t len = 0;

	for (; number >= 0x80; number >>= 7)
		out[len++] = (uint8_t)(number | 0x80);
	out[len++] = (uint8_t)number;
	return len;
}

const uint8_t *unpack_number(const uint8_t *in, uint64_t *ret)
{
	uint64_t number = 0;
	unsigned shift = 0;

	for (; *in & 0x80; shift += 7)
		number |= (uint64_t)(*in++ & 0x7f) << shift;
	*ret = number | (uint64_t)*in++ << shift;
	return in;
}
