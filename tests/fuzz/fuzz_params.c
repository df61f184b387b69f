/* Any bytes as a client's parameters for one of the recorded types: refused as the client's mistake, or turned into statements
 * that have a value for each placeholder, none in their text, and nothing in them that the client may not see.
 *
 * The first byte is the type, the second the kind of request, the rest the query string. SOCLE_SOURCE_ROOT says where the
 * recorded schemas are. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "http/query.h"
#include "query/select.h"
#include "query/statement.h"
#include "../unit/recorded_site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct recorded_site *load(void)
{
	static struct recorded_site site;
	static bool loaded;
	struct error error = ERROR_INIT;

	if (!loaded && recorded_site_init(&site, &error) < 0) {
		fprintf(stderr, "%s\n", error_message(&error));
		exit(1);
	}
	loaded = true;
	return &site;
}

/* ---- statements ---- */

/* Names stand in backquotes; behind them, a question mark is a placeholder, and quotes don't occur. */
static void check_statement(const struct statement *statement)
{
	unsigned places = 0;
	bool name = false;

	for (size_t i = 0; i < statement->sql.n; i++) {
		char c = statement->sql.p[i];

		if (c == '`')
			name = !name;
		else if (!name && c == '?')
			places++;
		assert(name || (c != '\'' && c != '"' && c != '\\' && c != ';' && (unsigned char)c < 0x7f && c >= ' '));
	}
	assert(!name && places == statement->count);
}

static void check_statements(struct arena *arena, const struct query *query)
{
	struct statement *rows = arena_new_of(arena, struct statement), *count = arena_new_of(arena, struct statement);

	statement_init(rows, arena);
	select_write(rows, query);
	check_statement(rows);
	statement_init(count, arena);
	select_write_count(count, query);
	check_statement(count);
}

/* ---- what is in them ---- */

static void check_shown(const struct access *access, const struct attribute *attribute)
{
	/* The empty locale of a type that has none comes along with what morph relations lead to. */
	assert(access_shows(access, attribute) || (attribute == attribute->model->locale && !attribute->model->localized));
}

static void check_way(const struct access *access, const struct join *join)
{
	for (; join; join = join->parent)
		check_shown(access, join->via);
}

static void check_condition(const struct access *access, const struct condition *condition)
{
	check_way(access, condition->join);
	/* A search looks into everything, as Strapi's does. */
	if (condition->attribute && condition->op != OPERATOR_LIKE)
		check_shown(access, condition->attribute);
	for (const struct condition *member = condition->first; member; member = member->next)
		check_condition(access, member);
}

static void check_query(struct arena *arena, const struct access *access, const struct query *query)
{
	for (unsigned i = 0; i < query->column_count; i++)
		check_shown(access, query->columns[i]);
	for (unsigned i = 0; i < query->order_count; i++) {
		check_shown(access, query->order[i].attribute);
		check_way(access, query->order[i].join);
	}
	check_condition(access, &query->where);
	check_statements(arena, query);
}

static void check_populate(struct arena *arena, const struct access *access, const struct populate *first)
{
	for (const struct populate *populate = first; populate; populate = populate->next) {
		check_shown(access, populate->attribute);
		for (unsigned i = 0; i < populate->type_count; i++) {
			check_query(arena, access, populate->types[i].query);
			check_populate(arena, access, populate->types[i].first);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct recorded_site *site = load();
	const struct access *access = site->generation.access;
	const struct models *models = site->generation.models;
	const struct model *model;
	struct rest_params *params;
	struct request *request;
	struct arena *arena;

	if (size < 2)
		return 0;
	model = models->list[data[0] % models->count];
	if (model->kind == MODEL_COMPONENT)
		return 0;
	site->settings.api.strict_params = data[1] & 4;
	site->settings.api.documents_strict_params = data[1] & 8;
	arena = arena_new(16 * 1024);
	params = arena_new_of(arena, struct rest_params);
	request = recorded_request(site, arena, model, (struct str){ (const char *)data + 2, size - 2 });
	if (rest_params_of_request(&request->scope, (enum rest_kind)((data[1] & 3) % 3), params) < 0) {
		const struct error_wire *wire = error_wire(request->scope.error.kind);

		assert(wire->status == 400 && wire->exposed && error_message(&request->scope.error)[0]);
	} else {
		assert(!error_is_set(&request->scope.error));
		document_version_where(&params->query, &params->version);
		/* Statuses and locales are conditions of the host's own. */
		check_query(arena, access, &params->query);
		check_populate(arena, access, params->populate);
	}
	arena_free(arena);
	return 0;
}
