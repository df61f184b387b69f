#include "config/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "config/expand.h"
#include "config/node.h"
#include "config/scan.h"
#include "config/toml.h"

static int fail(const char *path, int code, struct error *error)
{
	return error_set(error, ERROR_CONFIG, "%s: cannot be read: %s", path, strerror(code));
}

/* Also reads what has no size of its own, such as a pipe. */
static int read_all(int fd, const char *path, struct arena *arena, struct str *text_r, struct error *error)
{
	size_t capacity = 16 * 1024, n = 0;
	char *bytes = arena_alloc(arena, capacity);

	for (;;) {
		ssize_t got = read(fd, bytes + n, capacity - 1 - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(path, errno, error);
		if (got == 0)
			break;
		n += (size_t)got;
		if (n > SCAN_SIZE_LIMIT) {
			return error_set(error, ERROR_CONFIG, "%s: larger than the limit of %d MiB", path,
				SCAN_SIZE_LIMIT >> 20);
		}
		if (n == capacity - 1) {
			char *larger = arena_alloc(arena, capacity * 2);

			memcpy(larger, bytes, n);
			bytes = larger;
			capacity *= 2;
		}
	}
	bytes[n] = '\0';
	*text_r = (struct str){ bytes, n };
	return 0;
}

int file_read(struct arena *arena, const char *path, struct str *text_r, struct error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return fail(path, errno, error);
	rc = read_all(fd, path, arena, text_r, error);
	close(fd);
	return rc;
}

struct node *node_read_toml(struct arena *arena, struct str text, struct str file,
	const struct environment *environment, struct error *error)
{
	struct node *root;

	if (scan_toml(text, file, error) < 0)
		return NULL;
	root = toml_parse(arena, text, file, error);
	if (root && environment && expand_strings(environment, root, arena, error) < 0)
		return NULL;
	return root;
}

struct node *node_read_file(struct arena *arena, const char *path, const struct environment *environment,
	struct error *error)
{
	struct str name = str_of(path), text;
	bool toml = str_ends(name, STR(".toml"));

	if (!toml && !str_ends(name, STR(".json"))) {
		error_set(error, ERROR_CONFIG, "%s: expected a name that ends in .toml or .json", path);
		return NULL;
	}
	if (file_read(arena, path, &text, error) < 0)
		return NULL;
	return toml ? node_read_toml(arena, text, name, environment, error)
		: node_read_json(arena, text, name, error);
}
