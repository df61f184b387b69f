/* Any bytes as a path and as headers about a file: no path leads out of its folder, no range out of its file. The first
 * eight bytes are the file's size. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "path.h"
#include "range.h"
#include "validators.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_path(const char *path)
{
	char *file = malloc(strlen(path) + 1);

	if (path_read(path, file) == PATH_FILE) {
		assert(strlen(file) <= strlen(path));
		assert(file[0] != '/' && !strstr(file, "//"));
		assert(file[0] != '.' && !strstr(file, "/."));
		assert(!*file || file[strlen(file) - 1] != '/');
	}
	free(file);
}

static void check_range(const char *header, uint64_t size)
{
	struct range range;

	if (range_read(header, size, &range) != RANGE_PART)
		return;
	assert(range.length > 0);
	assert(range.first < size);
	assert(range.length <= size - range.first);
}

static void check_date(const char *text)
{
	char date[DATE_SIZE];
	time_t seconds, again;

	if (!date_read(text, &seconds) || !date_write(seconds, date))
		return;
	assert(date_read(date, &again) && again == seconds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t file_size;
	char *text;

	if (size < sizeof(file_size))
		return 0;
	memcpy(&file_size, data, sizeof(file_size));
	size -= sizeof(file_size);
	text = malloc(size + 1);
	memcpy(text, data + sizeof(file_size), size);
	text[size] = '\0';
	check_path(text);
	check_range(text, file_size);
	check_date(text);
	tags_have(text, "\"1-2-3\"");
	free(text);
	return 0;
}
