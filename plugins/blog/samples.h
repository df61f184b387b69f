#ifndef BLOG_SAMPLES_H
#define BLOG_SAMPLES_H

#include <socle/socle.h>

/* Creates the sample content of each content type of which there is none. */
int samples_load(socle_context *ctx);

#endif
