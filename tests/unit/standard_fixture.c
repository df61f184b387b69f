#include "standard_fixture.h"

#include "config/settings.h"
#include "pipeline/chain.h"
#include "plugin/builder.h"

static char built[64];

int standard_set_up(void **state)
{
	char command[512];

	snprintf(built, sizeof(built), "/tmp/socle-standard-XXXXXX");
	if (!mkdtemp(built))
		return -1;
	snprintf(command, sizeof(command), "mkdir -p %s/plugins/standard && cp '%s' '%s'/plugins/standard/plugin.toml %s/plugins/standard",
		built, getenv("SOCLE_STANDARD"), source_root(), built);
	return system(command);
}

int standard_tear_down(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", built);
	return system(command);
}

const struct settings *settings_of_host(struct fixture *f, const char *middlewares)
{
	const struct settings *settings;

	fixture_put(f, "config/server.toml", arena_printf(f->arena,
		"[server]\nstate = \"%s/state\"\nplugins = [\"%s/plugins\"]\nkeys = [\"new key\", \"old key\"]\n",
		f->folder, built));
	fixture_put(f, "config/middlewares.toml", arena_printf(f->arena, "use = [%s]\n", middlewares));
	settings = settings_load(f->arena, fixture_path(f, "config"), &f->error);
	assert_non_null(settings);
	return settings;
}

struct generation *host(struct fixture *f, const char *middlewares)
{
	struct generation *generation = builder_build(settings_of_host(f, middlewares), 1, &f->error);

	if (!generation)
		fail_msg("%s", error_message(&f->error));
	return generation;
}

int hello(struct request *request)
{
	return request_send_text(request, 200, STR("text/plain"), STR("hello"));
}

int refuse(struct request *request)
{
	return scope_throw(&request->scope, ERROR_VALIDATION, "no");
}

static struct exchange *new_exchange(struct fixture *f, struct generation *generation)
{
	struct exchange *x = arena_new_of(f->arena, struct exchange);
	struct arena *arena = arena_new(4096);

	x->message = (struct http_message){ .arena = arena, .method_text = STR("GET"), .target = STR("/"), .path = STR("/"),
		.wire = &x->wire };
	scope_init(&x->request.scope, arena, generation, NULL);
	x->request.scope.request = &x->request;
	x->request.message = &x->message;
	return x;
}

struct exchange *run(struct fixture *f, struct generation *generation, enum http_method method, const char *method_text,
	const struct http_header *headers, int (*terminal)(struct request *))
{
	struct exchange *x = new_exchange(f, generation);

	x->message.method = method;
	x->message.method_text = str_of(method_text);
	x->message.headers = headers;
	while (headers && headers[x->message.header_count].name.p)
		x->message.header_count++;
	x->rc = chain_run(&x->request, &generation->middlewares, terminal);
	return x;
}

struct exchange *run_from_address(struct fixture *f, struct generation *generation, const char *address)
{
	struct exchange *x = new_exchange(f, generation);

	x->message.path = STR("/A/");
	x->message.origin.address = str_of(address);
	x->rc = chain_run(&x->request, &generation->middlewares, hello);
	return x;
}

void end(struct exchange *x)
{
	request_drop_body(&x->request);
	arena_free(x->message.arena);
}

char *text_of(struct fixture *f, const struct exchange *x)
{
	char *text = arena_strdup(f->arena, STR(""));

	for (unsigned i = 0; i < x->wire.constant_count; i++) {
		for (struct str rest = x->wire.constants[i]; rest.n;) {
			struct str line = str_cut(&rest, '\n');

			text = arena_printf(f->arena, "%s%.*s\n", text, (int)line.n - 1, line.p);
		}
	}
	for (size_t i = 0; i < x->message.answer_count; i++) {
		if (!str_equal_nocase(x->message.answer[i].name, STR("Content-Type"))) {
			text = arena_printf(f->arena, "%s%.*s: %.*s\n", text,
				STR_ARG(x->message.answer[i].name), STR_ARG(x->message.answer[i].value));
		}
	}
	return text;
}

void assert_answer(struct fixture *f, struct generation *generation, const char *method,
	const struct http_header *headers, int (*terminal)(struct request *), int status,
	const char *expected)
{
	enum http_method number = strcmp(method, "OPTIONS") == 0 ? HTTP_OPTIONS : HTTP_GET;

	/* Twice: what a use prepared the first time serves the second. */
	for (int i = 0; i < 2; i++) {
		struct exchange *x = run(f, generation, number, method, headers, terminal);

		assert_int_equal(x->rc, 0);
		assert_string_equal(text_of(f, x), expected);
		assert_int_equal(x->request.status, status);
		end(x);
	}
}

void assert_status_from(struct fixture *f, struct generation *generation, const char *address, int status)
{
	struct exchange *x = run_from_address(f, generation, address);

	assert_int_equal(x->rc, 0);
	assert_int_equal(x->request.status, status);
	end(x);
}
