/* SPDX-License-Identifier: MIT
 *
 * Completion scripts for shells, from the table of options: they know the
 * options, fields, panes and groups of the very program that printed them.
 */
#include <string.h>

#include "memtop/options.h"

static void print_values(FILE *stream, enum option_values values)
{
	for (size_t i = 0; option_value(values, i); i++)
		fprintf(stream, "%s%s", i ? " " : "", option_value(values, i));
}

/* Lists take a comma between their values. */
static bool is_list(const struct option_row *row)
{
	return row->argument && strcmp(row->argument, "LIST") == 0 &&
	       row->values != VALUES_NONE;
}

static void bash_case(FILE *stream, const struct option_row *row)
{
	fputs("\t", stream);
	if (row->letter)
		fprintf(stream, "-%c|", row->letter);
	fprintf(stream, "--%s)\n\t\t", row->name);
	switch (row->values) {
	case VALUES_NONE:
		fputs("COMPREPLY=()", stream);
		break;
	case VALUES_FILES:
		fputs("COMPREPLY=($(compgen -f -- \"$cur\"))", stream);
		break;
	case VALUES_USERS:
		fputs("COMPREPLY=($(compgen -u -- \"$cur\"))", stream);
		break;
	default:
		if (is_list(row))
			fputs("[[ $cur == *,* ]] && first=\"${cur%,*},\"\n\t\t",
			      stream);
		fputs("COMPREPLY=($(compgen -P \"$first\" -W \"", stream);
		print_values(stream, row->values);
		fputs("\" -- \"${cur##*,}\"))", stream);
	}
	fputs("\n\t\treturn ;;\n", stream);
}

static void print_bash(FILE *stream)
{
	fputs("_memtop()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} first=\n"
	      "\tlocal prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tCOMPREPLY=()\n"
	      "\tcase $prev in\n",
	      stream);
	for (size_t i = 0; i < option_count; i++)
		if (option_rows[i].argument)
			bash_case(stream, &option_rows[i]);
	fputs("\tesac\n\tCOMPREPLY=($(compgen -W \"", stream);
	for (size_t i = 0; i < option_count; i++)
		fprintf(stream, "%s--%s", i ? " " : "", option_rows[i].name);
	fputs("\" -- \"$cur\"))\n}\ncomplete -F _memtop memtop\n", stream);
}

/* Help texts stand in '…[…]': quotes, brackets and colons would end them. */
static void print_plain(FILE *stream, const char *help)
{
	for (; *help; help++)
		if (!strchr("'[]:\\", *help))
			fputc(*help, stream);
}

static void zsh_action(FILE *stream, const struct option_row *row)
{
	bool optional = row->argument[0] == '[';

	/* "::" in zsh's notation: the value may be left out */
	fprintf(stream, "%s:%s:", optional ? ":" : "", row->name);
	switch (row->values) {
	case VALUES_NONE:
		break;
	case VALUES_FILES:
		fputs("_files", stream);
		break;
	case VALUES_USERS:
		fputs("_users", stream);
		break;
	default:
		fputs(is_list(row) ? "_values -s , field " : "(", stream);
		print_values(stream, row->values);
		if (!is_list(row))
			fputs(")", stream);
	}
}

static void print_zsh(FILE *stream)
{
	fputs("#compdef memtop\n_arguments -s", stream);
	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *row = &option_rows[i];

		for (int with_letter = 0; with_letter <= (row->letter != 0);
		     with_letter++) {
			fputs(" \\\n\t'", stream);
			if (with_letter)
				fprintf(stream, "-%c[", row->letter);
			else
				fprintf(stream, "--%s%s[", row->name,
					row->argument ? "=" : "");
			print_plain(stream, row->help);
			fputs("]", stream);
			if (row->argument)
				zsh_action(stream, row);
			fputs("'", stream);
		}
	}
	fputs("\n", stream);
}

static void print_fish(FILE *stream)
{
	fputs("complete -c memtop -f\n", stream);
	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *row = &option_rows[i];

		fprintf(stream, "complete -c memtop -l %s", row->name);
		if (row->letter)
			fprintf(stream, " -s %c", row->letter);
		if (row->argument && row->argument[0] != '[')
			fputs(row->values == VALUES_FILES ? " -rF" : " -x",
			      stream);
		if (row->values == VALUES_USERS) {
			fputs(" -a '(__fish_complete_users)'", stream);
		} else if (option_value(row->values, 0)) {
			fputs(" -a '", stream);
			print_values(stream, row->values);
			fputs("'", stream);
		}
		fputs(" -d '", stream);
		print_plain(stream, row->help);
		fputs("'\n", stream);
	}
}

void options_print_completion(FILE *stream, enum shell shell)
{
	static void (*const print[])(FILE * stream) = {
		[SHELL_BASH] = print_bash,
		[SHELL_ZSH] = print_zsh,
		[SHELL_FISH] = print_fish,
	};

	print[shell](stream);
}
