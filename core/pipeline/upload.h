/* Files that came with a request, on disk until it ends.
 *
 * They lie in the folder `uploads` of the state folder, readable by the host's user alone, under names that
 * say which process made them: what a worker that crashed left there goes when the next generation is tried.
 */
#ifndef PIPELINE_UPLOAD_H
#define PIPELINE_UPLOAD_H

#include "pipeline/request.h"

struct upload {
	const char *field, *name, *type;	/* name: as the client's, without folders */
	const char *path;			/* where it lies now */
	uint64_t size;
	int fd;					/* while it is written; else -1 */
	bool kept;				/* moved away: not ours to remove */
};

/* Adds one to the request, empty and open. NULL with the error on the scope. */
struct upload *upload_begin(struct request *request, const char *field, const char *name, const char *type);
int upload_write(struct request *request, struct upload *upload, struct str bytes) __attribute__((warn_unused_result));
void upload_end(struct upload *upload);
/* Takes the last one away again. */
void upload_drop(struct request *request);

/* Moves it to `path`, also to another file system; a file that is there is replaced. */
int upload_keep(struct request *request, struct upload *upload, const char *path) __attribute__((warn_unused_result));

/* Removes what processes that are gone have left below this state folder. */
void uploads_sweep(struct str state);

#endif
