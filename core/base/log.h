/* The log: one line an event, to standard error.
 *
 * Text on a terminal, JSON lines otherwise (log_set_format() decides it for
 * sure). Every line carries time, level, process id, the part of the host that
 * speaks, a message for people, and fields for machines.
 *
 *	log_info("server", "listening on %s", url);
 *	log_fields(LOG_WARN, "db", (struct log_field[]){ LOG_TEXT("host", host), LOG_INT("errno", e) }, 2,
 *		"connection lost, trying again in %d ms", pause);
 *
 * A line is written with one write(2), so lines of several processes don't mix.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_HTTP, LOG_DEBUG };
enum log_format { LOG_FORMAT_AUTO, LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

struct log_field {
	const char *key;
	const char *text;		/* NULL: the number counts */
	int64_t number;
};

#define LOG_TEXT(key, value) { (key), (value), 0 }
#define LOG_INT(key, value) { (key), NULL, (value) }

void log_set_level(enum log_level level);
bool log_level_of(const char *name, enum log_level *level_r) __attribute__((warn_unused_result));
void log_set_format(enum log_format format);
/* "supervisor", "worker 2": stands in every line of this process. Copied. */
void log_set_process(const char *name);
bool log_enabled(enum log_level level);

void log_fields(enum log_level level, const char *part, const struct log_field *fields, size_t count,
	const char *format, ...) __attribute__((format(printf, 5, 6)));

#define log_at(level, part, ...) \
	do { \
		if (log_enabled(level)) \
			log_fields((level), (part), NULL, 0, __VA_ARGS__); \
	} while (0)
#define log_error(part, ...) log_at(LOG_ERROR, part, __VA_ARGS__)
#define log_warn(part, ...) log_at(LOG_WARN, part, __VA_ARGS__)
#define log_info(part, ...) log_at(LOG_INFO, part, __VA_ARGS__)
#define log_debug(part, ...) log_at(LOG_DEBUG, part, __VA_ARGS__)

#endif
