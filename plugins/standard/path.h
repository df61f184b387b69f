/* A request's path as the path of a file: decoded, and without ways out. Knows nothing of the host; tests/fuzz
 * reads it, too.
 *
 *	char file[strlen(path) + 1];
 *	if (path_read("/a%20b/../c.txt", file) == PATH_FILE)
 *		open_beneath(folder, file);	// "c.txt"
 */
#ifndef STANDARD_PATH_H
#define STANDARD_PATH_H

enum path_verdict {
	PATH_FILE,		/* relative, no member is empty, ".", ".." or begins with a dot; "" is the folder itself */
	PATH_HIDDEN,		/* a member begins with a dot */
	PATH_ESCAPES,		/* more ".." than there are folders to leave */
	PATH_UNDECODABLE	/* a '%' without two digits, a NUL, or no UTF-8 */
};

/* file_r has room for as many bytes as `path` has, with its NUL. What is in it counts for PATH_FILE alone. */
enum path_verdict path_read(const char *path, char *file_r);

#endif
