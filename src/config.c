/* SPDX-License-Identifier: MIT
 *
 * Reading the settings file with inih, and where it is.  Every wrong line is
 * named, which inih alone does for the first one only.
 */
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_private.h"
#include "memtop/base.h"

/* What lies beyond is not a settings file; --config /dev/zero ends too. */
#define FILE_MAX ((size_t)256 * 1024)

char *config_path(void)
{
	const char *base = getenv("XDG_CONFIG_HOME");
	const char *between = "";
	char *path;

	/* the XDG base directory rules: a relative path counts as unset */
	if (!base || base[0] != '/') {
		base = getenv("HOME");
		between = "/.config";
	}
	if (!base || base[0] != '/' ||
	    asprintf(&path, "%s%s/memtop/config", base, between) < 0)
		return NULL;
	return path;
}

struct reader {
	FILE *stream;
	const char *path;
	struct config *config;
	void (*complain)(void *context, const char *message);
	void *context;
	size_t bytes; /* read so far */
	unsigned line;
	bool expects_key;  /* the line has something that inih must deliver */
	bool is_continued; /* the line goes on with the value before */
	char key[64];	   /* the last one, with its section */
	char value[CONFIG_VALUE_SIZE];
};

__attribute__((format(printf, 2, 3))) static void
complain(const struct reader *reader, const char *format, ...)
{
	char what[256], message[512];
	va_list args;

	if (!reader->complain)
		return;
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	snprintf(message, sizeof(message), "%s:%u: %s", reader->path,
		 reader->line, what);
	reader->complain(reader->context, message);
}

static void end_line(struct reader *reader)
{
	if (reader->expects_key)
		complain(reader, "neither [pane] nor key = value");
	reader->expects_key = false;
}

static void skip_rest_of_line(struct reader *reader)
{
	int c;

	while (reader->bytes++ < FILE_MAX &&
	       (c = getc(reader->stream)) != EOF && c != '\n')
		;
}

/* inih's fgets(): tells which line its handler is called for. */
static char *read_line(char *line, int size, void *data)
{
	struct reader *reader = data;
	const char *start;
	size_t len;

	end_line(reader);
	if (reader->bytes >= FILE_MAX || !fgets(line, size, reader->stream))
		return NULL;
	reader->line++;
	len = strlen(line);
	reader->bytes += len + 1;
	if (len + 1 == (size_t)size && line[len - 1] != '\n') {
		skip_rest_of_line(reader);
		complain(reader, "longer than %d characters, left out",
			 size - 2);
		strcpy(line, "\n");
	}
	start = line + strspn(line, " \t\r\n\f\v");
	reader->is_continued = start > line && reader->key[0];
	reader->expects_key =
		*start && !strchr(";#", *start) &&
		!(*start == '[' && strchr(start, ']') && !reader->is_continued);
	if (reader->expects_key && reader->line == 1 &&
	    strncmp(start, "\xef\xbb\xbf", 3) == 0)
		reader->expects_key = false; /* a byte order mark: let it be */
	if (*start == '[' && !reader->is_continued)
		reader->key[0] = '\0';
	return line;
}

/* A value may go on in indented lines; inih delivers each on its own. */
static void gather_value(struct reader *reader, const char *section,
			 const char *key, const char *value)
{
	size_t at = strlen(reader->value);

	if (reader->is_continued) {
		snprintf(reader->value + at, sizeof(reader->value) - at, " %s",
			 value);
		return;
	}
	snprintf(reader->key, sizeof(reader->key), "%s.%s", section, key);
	snprintf(reader->value, sizeof(reader->value), "%s", value);
}

static int take_key(void *data, const char *section, const char *key,
		    const char *value)
{
	struct reader *reader = data;
	const struct setting *setting;
	const char *why = "is not understood";
	size_t table;

	reader->expects_key = false;
	gather_value(reader, section, key, value);
	setting = setting_find(section, key, &table);
	if (!setting)
		complain(reader, "unknown setting '%s'%s%s", key,
			 *section ? " of " : "", section);
	else if (!setting->parse(reader->config, table, reader->value, &why))
		complain(reader, "%s: '%s' %s", key, reader->value, why);
	return 1;
}

int config_load(const char *path, bool must_exist, struct config *ret,
		void (*complaint)(void *context, const char *message),
		void *context)
{
	struct config config = { 0 };
	struct reader reader = {
		.path = path,
		.config = &config,
		.complain = complaint,
		.context = context,
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int r;

	/* ENOTDIR: many service users have the home /dev/null */
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR) && !must_exist) {
		*ret = config;
		return 0;
	}
	if (fd < 0)
		return -errno;
	reader.stream = fdopen(fd, "r");
	if (!reader.stream) {
		r = -errno;
		close(fd);
		return r;
	}
	errno = 0;
	ini_parse_stream(read_line, &reader, take_key, &reader);
	end_line(&reader);
	r = ferror(reader.stream) ? -(errno ? errno : EIO) : 0;
	fclose(reader.stream);
	if (r == 0)
		*ret = config;
	return r;
}

void config_apply(const struct config *config, struct options *options)
{
	if (config->has_delay && !options->has_delay)
		options->delay_ns = config->delay_ns;
	if (config->has_theme && !options->has_theme)
		options->theme = config->theme;
	if (config->has_ascii && config->ascii)
		options->ascii = true;
	/* a script must not print another table because of a setting */
	if (options->mode != RUN_SCREEN)
		return;
	if (config->view && !options->has_view)
		options_set_view(options, config->view);
}
