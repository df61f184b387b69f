#include "model/problems.h"

static void add_line(struct problems *problems, struct str line)
{
	if (problems->count++ >= PROBLEMS_LIMIT)
		return;
	if (problems->lines.n)
		buf_add_char(&problems->lines, '\n');
	buf_add(&problems->lines, line);
}

static void add_message(struct problems *problems, const struct node *node, const char *format, va_list args)
{
	struct error error = ERROR_INIT;
	struct buf text = BUF_INIT;

	buf_vprintf(&text, format, args);
	if (node) {
		node_error(node, &error, "%s", buf_cstr(&text));
		add_line(problems, str_of(error_message(&error)));
	} else {
		add_line(problems, buf_str(&text));
	}
	error_clear(&error);
	buf_clear(&text);
}

void problems_add(struct problems *problems, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_message(problems, NULL, format, args);
	va_end(args);
}

void problems_add_node(struct problems *problems, const struct node *node, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_message(problems, node, format, args);
	va_end(args);
}

void problems_add_unknown(struct problems *problems, const struct node *node, struct str word, const char *const *known,
	const char *otherwise, const char *format, ...)
{
	const char *nearest = node_nearest(word, known);
	struct buf text = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	if (nearest)
		problems_add_node(problems, node, "%s; did you mean \"%s\"?", buf_cstr(&text), nearest);
	else
		problems_add_node(problems, node, "%s%s", buf_cstr(&text), otherwise);
	buf_clear(&text);
}

void problems_take(struct problems *problems, struct error *error)
{
	for (struct str rest = str_of(error_message(error)); !str_is_null(rest);)
		add_line(problems, str_cut(&rest, '\n'));
	error_clear(error);
}

int problems_finish(struct problems *problems, struct error *error)
{
	unsigned count = problems->count;

	if (!count)
		return 0;
	if (count > PROBLEMS_LIMIT)
		buf_printf(&problems->lines, "\nand %u more", count - PROBLEMS_LIMIT);
	error_set(error, ERROR_CONFIG, "%s", buf_cstr(&problems->lines));
	buf_clear(&problems->lines);
	problems->count = 0;
	return -1;
}
