#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"

static const char *const level_names[] = { "error", "warn", "info", "http", "debug" };

/* The only state of this file: how this process logs. Set at start, before there are threads. */
static struct {
	enum log_level level;
	enum log_format format;
	char process[32];
} settings = { .level = LOG_INFO, .format = LOG_FORMAT_AUTO };

void log_set_level(enum log_level level)
{
	settings.level = level;
}

bool log_level_of(const char *name, enum log_level *level_r)
{
	for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
		if (strcmp(name, level_names[i]) == 0) {
			*level_r = (enum log_level)i;
			return true;
		}
	}
	return false;
}

void log_set_format(enum log_format format)
{
	settings.format = format;
}

void log_set_process(const char *name)
{
	snprintf(settings.process, sizeof(settings.process), "%s", name);
}

bool log_enabled(enum log_level level)
{
	return level <= settings.level;
}

static void write_json(struct buf *line, enum log_level level, const char *part, const char *message,
	const struct log_field *fields, size_t count)
{
	char time[CLOCK_ISO_SIZE];

	clock_format_iso(clock_unix_ms(), time);
	buf_printf(line, "{\"time\":\"%s\",\"level\":\"%s\",\"pid\":%d,", time, level_names[level], (int)getpid());
	if (settings.process[0]) {
		buf_add_literal(line, "\"process\":");
		json_write_string(line, str_of(settings.process));
		buf_add_char(line, ',');
	}
	buf_printf(line, "\"part\":\"%s\",\"message\":", part);
	json_write_string(line, str_of(message));
	for (size_t i = 0; i < count; i++) {
		buf_add_char(line, ',');
		json_write_string(line, str_of(fields[i].key));
		buf_add_char(line, ':');
		if (fields[i].text)
			json_write_string(line, str_of(fields[i].text));
		else
			buf_add_int(line, fields[i].number);
	}
	buf_add_literal(line, "}\n");
}

/* Control characters would let a logged value forge lines. */
static void add_printable(struct buf *line, const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			buf_printf(line, *text == '\n' ? "\n    " : "\\x%02x", (unsigned char)*text);
		else
			buf_add_char(line, *text);
	}
}

static void write_text(struct buf *line, enum log_level level, const char *part, const char *message,
	const struct log_field *fields, size_t count)
{
	char time[CLOCK_ISO_SIZE];

	clock_format_iso(clock_unix_ms(), time);
	buf_printf(line, "%.12s %-5s ", time + 11, level_names[level]);
	if (settings.process[0])
		buf_printf(line, "%s ", settings.process);
	buf_printf(line, "%s: ", part);
	add_printable(line, message);
	for (size_t i = 0; i < count; i++) {
		buf_printf(line, " %s=", fields[i].key);
		if (fields[i].text)
			add_printable(line, fields[i].text);
		else
			buf_add_int(line, fields[i].number);
	}
	buf_add_char(line, '\n');
}

void log_fields(enum log_level level, const char *part, const struct log_field *fields, size_t count,
	const char *format, ...)
{
	struct buf line = BUF_INIT, message = BUF_INIT;
	bool json = settings.format == LOG_FORMAT_JSON;
	va_list args;

	if (!log_enabled(level))
		return;
	if (settings.format == LOG_FORMAT_AUTO)
		json = !isatty(STDERR_FILENO);
	va_start(args, format);
	buf_vprintf(&message, format, args);
	va_end(args);
	if (json)
		write_json(&line, level, part, buf_cstr(&message), fields, count);
	else
		write_text(&line, level, part, buf_cstr(&message), fields, count);
	/* Nothing can be said about a log that can't be written. */
	if (write(STDERR_FILENO, line.p, line.n) < 0)
		line.n = 0;
	buf_clear(&message);
	buf_clear(&line);
}
