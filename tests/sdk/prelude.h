/* Names that the examples in the headers use without defining them. */
#ifndef PRELUDE_H
#define PRELUDE_H

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

SOCLE_C_BEGIN

extern socle_context *ctx;
extern socle_event *event;
extern socle_call *call;
extern const socle_message *message;
extern socle_test_host *host;
extern const socle_test_answer *answer;
extern const socle_model *model, *article;
extern const socle_attribute *attribute, *zone;
extern socle_documents *list;
extern const socle_header_set *set;
extern struct socle_query newest, popular;
extern json_t *data, *options, *body, *content, *config;
extern const char *id, *name, *slug, *path, *title, *key, *etag, *start, *constant, *code, *base;
extern size_t length, count;
extern int64_t ms;
extern int number, status, published, well, nothing, answer_is_odd;
extern void *order, *file;

struct transfer {
	const char *from, *to;
	json_t *less, *more;
};
extern struct transfer t;
struct point {
	int x, y;
};
struct cache {
	int n;
};

extern int import_all(socle_context *ctx, void *arg);
extern int blog_start(socle_context *ctx), fetch(socle_context *ctx);
extern void blog_stop(socle_context *ctx);
extern int import_samples(socle_context *ctx);
extern void announce(socle_context *ctx, void *arg);
extern void describe(socle_context *ctx, const socle_model *model);

SOCLE_C_END

#endif
