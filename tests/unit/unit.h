/* What every unit test includes, in the order that cmocka wants. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

#define assert_str(actual, expected) assert_str_at((actual), (expected), __FILE__, __LINE__)

static inline void assert_str_at(struct str actual, const char *expected, const char *file, int line)
{
	if (!str_equal(actual, str_of(expected))) {
		print_error("found \"%.*s\", expected \"%s\"\n", STR_ARG(actual), expected);
		_fail(file, line);
	}
}

#endif
