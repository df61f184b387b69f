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
extern const struct socle_fetch_answer *reply;
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
extern void *order, *batch;
extern const struct socle_file *file;
extern const char *hook, *text, *address, *password, *png, *const *lines;
extern size_t png_size;
extern int64_t tries, cents;
extern uint64_t left_ms, timer;
extern const socle_policy *guard;
extern const struct socle_transform gzip;

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
extern struct cache cache;
struct picture {
	int n;
};
extern struct picture picture;
struct shop_pricing {
	int (*price)(socle_context *ctx, const char *product, int64_t *cents_r);
};
typedef struct shop_pricing socle_service_type_pricing;
extern struct socle_service_use pricing;
extern struct socle_crossing before;
extern int price_of(socle_context *ctx, const char *product, int64_t *cents_r);

extern void use(const void *what, ...);
extern const char *new_name(socle_context *ctx);
extern const json_t *old_drafts(socle_context *ctx);
extern void slow_hash(const char *text, char *hash), resize(void *picture);
extern int cache_refresh(socle_context *ctx, void *cache), tick(socle_context *ctx, void *arg), flush(socle_context *ctx, void *batch);
extern void *gzip_new(int level);
extern int import_all(socle_context *ctx, void *arg);
extern int blog_start(socle_context *ctx), fetch(socle_context *ctx);
extern void blog_stop(socle_context *ctx);
extern int import_samples(socle_context *ctx);
extern void announce(socle_context *ctx, void *arg);
extern void describe(socle_context *ctx, const socle_model *model);

SOCLE_C_END

#endif
