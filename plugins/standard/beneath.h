/* Opening files that lie below a folder, wherever names and symbolic links would lead. */
#ifndef STANDARD_BENEATH_H
#define STANDARD_BENEATH_H

/* A folder for the functions below; -1 when there is none. close() it. */
int beneath_folder(const char *path);

/* `path` is relative, as path_read() makes it. Links are followed as long as they stay below the folder. A descriptor,
 * or -1 with errno: EXDEV (or ELOOP, where the kernel has no openat2()) for a link that leads out. */
int beneath_open(int folder, const char *path);

/* The same for kernels, containers and tools without openat2(): member by member, following no links at all. */
int beneath_walk(int folder, const char *path);

#endif
