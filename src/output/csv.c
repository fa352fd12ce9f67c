/* SPDX-License-Identifier: MIT
 *
 * CSV as in RFC 4180: CRLF line ends, a header with the field names, a line a
 * row of the table or of the pane's main list.  Figures are raw; what is not known is an empty cell.
 * Texts from other processes may try to be formulas of a spreadsheet, or to
 * write to a terminal: neither gets through.
 */
#include "export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/format.h"

/* Also behind blanks, which some spreadsheets drop, and with the full-width
 * signs, which some take for the plain ones. */
static bool is_formula(const char *text)
{
	/* clang-format off */
	static const char *const signs[] = {
		"=", "+", "-", "@",
		"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0",
	};
	/* clang-format on */

	text += strspn(text, " ");
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (!strncmp(text, signs[i], strlen(signs[i])))
			return true;
	return false;
}

/* Control characters become '?'. */
static void blank_controls(struct export_text *text)
{
	char *to = text->bytes;
	unsigned code;

	for (size_t i = 0; i < text->len;) {
		size_t n = export_control(text->bytes + i, &code);

		*to++ = n ? '?' : text->bytes[i];
		i += n ? n : 1;
	}
	*to = '\0';
	text->len = (size_t)(to - text->bytes);
}

static int put_text(FILE *stream, const char *bytes, size_t len)
{
	struct export_text text = { 0 };
	int r = export_utf8(&text, bytes, len);

	if (r < 0)
		return r;
	blank_controls(&text);
	fputc('"', stream);
	if (is_formula(text.bytes))
		fputc('\'', stream);
	for (size_t i = 0; i < text.len; i++) {
		if (text.bytes[i] == '"')
			fputc('"', stream);
		fputc(text.bytes[i], stream);
	}
	fputc('"', stream);
	free(text.bytes);
	return 0;
}

static int put_value(FILE *stream, const struct field *field,
		     const struct value *value)
{
	char number[EXPORT_NUMBER_SIZE], time[FORMAT_SIZE];

	if (value->state == STATE_OK && value->kind == KIND_TEXT)
		return put_text(stream, value->text.bytes, value->text.len);
	if (field->unit == UNIT_TIME && value->state == STATE_OK)
		fputs(format_rfc3339(time, value->u64), stream);
	else if (field->unit == UNIT_LIMIT && export_no_limit(value))
		fputs("max", stream);
	else
		fputs(export_number(number, value), stream);
	return 0;
}

/* *ret NULL: all fields, as of a list unless some were asked for. */
static size_t csv_columns(const struct output_options *options,
			  const uint8_t **ret)
{
	size_t ncolumns = export_columns(options, ret);

	return *ret ? ncolumns : view_entity(options->view)->nfields;
}

static const struct field *csv_field(const struct output_options *options,
				     const uint8_t *columns, size_t i)
{
	return &view_entity(options->view)->fields[columns ? columns[i] : i];
}

static int csv_begin(FILE *stream, const struct output_options *options)
{
	const uint8_t *columns;
	size_t ncolumns = csv_columns(options, &columns);

	errno = 0;
	fputs("time", stream);
	if (options->query.group != GROUP_NONE)
		fputs(",group,count", stream);
	for (size_t i = 0; i < ncolumns; i++)
		fprintf(stream, ",%s", csv_field(options, columns, i)->name);
	fputs("\r\n", stream);
	return export_status(stream);
}

/* The columns and the end of a line. */
static int put_fields(FILE *stream, const struct output_options *options,
		      const void *row)
{
	const struct entity *entity = view_entity(options->view);
	const uint8_t *columns;
	size_t ncolumns = csv_columns(options, &columns);
	int r = 0;

	for (size_t i = 0; i < ncolumns && r == 0; i++) {
		const struct field *field = csv_field(options, columns, i);
		struct value value = field_get(entity, field, row);

		fputc(',', stream);
		r = put_value(stream, field, &value);
	}
	fputs("\r\n", stream);
	return r;
}

static int put_row(FILE *stream, const struct output_options *options,
		   const char *time, const struct row *row)
{
	int r = 0;

	fputs(time, stream);
	if (options->query.group != GROUP_NONE) {
		const char *label = row->label ? row->label : "";

		fputc(',', stream);
		r = put_text(stream, label, strlen(label));
		fprintf(stream, ",%zu", row->count);
	}
	return r < 0 ? r : put_fields(stream, options, row->process);
}

static int put_processes(FILE *stream, const struct output_options *options,
			 const char *time, const struct snapshot *snapshot)
{
	struct rows rows = { 0 };
	int r = rows_build(snapshot, &options->query, &rows);

	errno = 0;
	for (size_t i = 0; i < rows.count && r == 0; i++) {
		r = put_row(stream, options, time, &rows.list[i]);
		if (r == 0)
			r = export_status(stream);
	}
	rows_done(&rows);
	return r;
}

static int put_list(FILE *stream, const struct output_options *options,
		    const char *time, const struct snapshot *snapshot)
{
	struct export_rows rows;
	int r = export_rows_make(options, &options->view->lists[0], snapshot,
				 &rows);

	if (r < 0)
		return r;
	errno = 0;
	for (size_t i = 0; i < rows.count && r == 0; i++) {
		fputs(time, stream);
		r = put_fields(stream, options, export_row(&rows, i));
		if (r == 0)
			r = export_status(stream);
	}
	export_rows_done(&rows);
	return r;
}

static int csv_sample(FILE *stream, const struct output_options *options,
		      const struct snapshot *snapshot)
{
	char time[FORMAT_SIZE];

	format_rfc3339(time, snapshot->realtime_ns);
	if (!options->view->ncolumns)
		return put_list(stream, options, time, snapshot);
	return put_processes(stream, options, time, snapshot);
}

const struct output_format output_csv = {
	.name = "csv",
	.begin = csv_begin,
	.sample = csv_sample,
};
