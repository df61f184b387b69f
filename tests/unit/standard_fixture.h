/* The middlewares of plugins/standard in a host without a wire. */
#ifndef STANDARD_FIXTURE_H
#define STANDARD_FIXTURE_H

#include "unit.h"

#include "http/wire.h"
#include "pipeline/request.h"
#include "plugin_fixture.h"

/* Of a group of tests: a folder with the plugin, which all its hosts load. */
int standard_set_up(void **state);
int standard_tear_down(void **state);

#define with_folder(test) cmocka_unit_test_setup_teardown(test, fixture_set_up, fixture_tear_down)

/* A host whose list of middlewares has these. generation_unpin() it. */
struct generation *host(struct fixture *f, const char *middlewares);

/* The settings of such a host, and nothing built of them. */
const struct settings *settings_of_host(struct fixture *f, const char *middlewares);

/* One exchange: what was asked, and the answer as it stands behind the outermost middleware. */
struct exchange {
	struct http_wire wire;
	struct http_message message;
	struct request request;
	int rc;
};

#define HEADER(name, value) { STR(name), STR(value) }
#define NO_MORE { STR_NULL, STR_NULL }

/* `headers` end with NO_MORE; NULL: none. */
struct exchange *run(struct fixture *f, struct generation *generation, enum http_method method, const char *method_text,
	const struct http_header *headers, int (*terminal)(struct request *));

/* GET /A/ by this client, answered by hello(). */
struct exchange *run_from_address(struct fixture *f, struct generation *generation, const char *address);

void end(struct exchange *x);

/* The headers of the answer as lines, all but Content-Type. */
char *text_of(struct fixture *f, const struct exchange *x);

void assert_answer(struct fixture *f, struct generation *generation, const char *method, const struct http_header *headers,
	int (*terminal)(struct request *), int status, const char *expected);
void assert_status_from(struct fixture *f, struct generation *generation, const char *address, int status);

/* Actions: a text, and errors. */
int hello(struct request *request);
int refuse(struct request *request);

#endif
