#include "sizes.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int size_read(const json_t *option, int64_t *size_r)
{
	static const char *const units[] = { "b", "kb", "mb", "gb", "tb" };
	const char *text = json_string_value(option);
	char *end;
	double number;

	if (json_is_integer(option)) {
		*size_r = json_integer_value(option);
		return *size_r >= 0 ? 0 : -1;
	}
	if (!text || !isdigit((unsigned char)*text))
		return -1;
	number = strtod(text, &end);
	while (*end == ' ')
		end++;
	for (size_t i = 0; *end && i < sizeof(units) / sizeof(*units); i++) {
		if (strcasecmp(end, units[i]) == 0) {
			number *= (double)(INT64_C(1) << (10 * i));
			end += strlen(end);
		}
	}
	if (*end || !(number < 9e18))
		return -1;
	*size_r = (int64_t)number;
	return 0;
}
