#include "document/service.h"

#include "base/json.h"
#include "document/action.h"
#include "http/query.h"
#include "query/lifecycle.h"

/* Each takes a part of the fiber's stack. */
enum { NESTING = 12 };

static const char *const names[DOCUMENT_ACTIONS] = {
	[DOCUMENT_FIND_ONE] = "findOne", [DOCUMENT_FIND_MANY] = "findMany", [DOCUMENT_FIND_FIRST] = "findFirst",
	[DOCUMENT_COUNT] = "count", [DOCUMENT_CREATE] = "create", [DOCUMENT_UPDATE] = "update",
	[DOCUMENT_DELETE] = "delete", [DOCUMENT_CLONE] = "clone", [DOCUMENT_PUBLISH] = "publish",
	[DOCUMENT_UNPUBLISH] = "unpublish", [DOCUMENT_DISCARD_DRAFT] = "discardDraft",
};

const char *document_action_name(enum document_action action)
{
	return names[action];
}

enum document_action document_action_of_name(struct str name)
{
	for (unsigned i = 0; i < DOCUMENT_ACTIONS; i++) {
		if (str_equal(name, str_of(names[i])))
			return (enum document_action)i;
	}
	return DOCUMENT_ACTIONS;
}

/* ---- params as JSON ---- */

static json_t *locale_json(const struct document_version *version)
{
	json_t *list;

	if (version->any_locale || !version->locales)
		return json_string("*");
	if (!version->listed)
		return json_stringn(version->locales[0].text.p, version->locales[0].text.n);
	list = json_array();
	for (unsigned i = 0; i < version->locale_count; i++)
		json_array_append_new(list, json_stringn(version->locales[i].text.p, version->locales[i].text.n));
	return list;
}

json_t *document_call_params(struct scope *scope, struct document_call *call)
{
	json_t *json;

	if (call->json)
		return call->json;
	json = json_own(scope->arena, call->params ? param_to_json(call->params) : json_object());
	/* What is deleted goes in all its states. */
	if (call->model->draft_and_publish && call->action != DOCUMENT_DELETE)
		json_object_set_new(json, "status", json_string(call->version.published ? "published" : "draft"));
	if (call->model->localized)
		json_object_set_new(json, "locale", locale_json(&call->version));
	call->json_before = json_own(scope->arena, json_deep_copy(json));
	if (!str_is_null(call->document_id))
		json_object_set_new(json, "documentId", json_stringn(call->document_id.p, call->document_id.n));
	/* A copy, so that the caller's stays as it is: he may need it again. */
	if (call->data)
		json_object_set_new(json, "data", json_deep_copy(call->data));
	return call->json = json;
}

static int apply_params(struct scope *scope, struct document_call *call)
{
	json_t *json = json_own(scope->arena, json_deep_copy(call->json)), *id = json_object_get(call->json, "documentId");
	struct param *params;

	if (json_is_string(id))
		call->document_id = (struct str){ json_string_value(id), json_string_length(id) };
	call->data = json_object_get(call->json, "data");
	if ((call->action == DOCUMENT_CREATE || call->action == DOCUMENT_UPDATE) && !json_is_object(call->data))
		return scope_throw(scope, ERROR_INTERNAL, "A document middleware took the `data` of this %s away, or made it no object",
			names[call->action]);
	json_object_del(json, "data");
	json_object_del(json, "documentId");
	params = param_of_json(scope->arena, json);
	if (json_equal(json, call->json_before))
		return 0;
	if (!call->reread)
		return scope_throw(scope, ERROR_INTERNAL, "The params of this %s can't be changed: it was not called with any",
			names[call->action]);
	return call->reread(scope, call, params);
}

/* ---- the chain ---- */

static const struct hooks *middlewares_of(const struct scope *scope, const struct model *model)
{
	const struct hook_table *table = scope->generation->hooks;
	const struct model_hooks *hooks = table ? table->models[model->index] : NULL;

	return hooks ? &hooks->middlewares : NULL;
}

static bool wants(const struct hook *hook, enum document_action action)
{
	return hook->wanted & UINT32_C(1) << action;
}

bool document_call_has_middlewares(const struct scope *scope, const struct model *model, enum document_action action)
{
	const struct hooks *hooks = middlewares_of(scope, model);

	for (unsigned i = 0; hooks && i < hooks->count; i++) {
		if (wants(&hooks->items[i], action))
			return true;
	}
	return false;
}

static int run_from(struct scope *scope, struct document_call *call, unsigned position)
{
	const struct hooks *hooks = middlewares_of(scope, call->model);
	unsigned before = call->position;
	int rc;

	while (hooks && position < hooks->count && !wants(&hooks->items[position], call->action))
		position++;
	if (!hooks || position == hooks->count)
		return call->json && apply_params(scope, call) < 0 ? -1 : action_run(scope, call);
	call->position = position;
	rc = hook_call(scope, &hooks->items[position], call);
	call->position = before;
	return rc;
}

int document_call_next(struct scope *scope, struct document_call *call)
{
	unsigned next = call->position + 1;

	if (next <= call->reached)
		return scope_throw(scope, ERROR_INTERNAL, "%.*s called next() more than once", STR_ARG(scope->step->name));
	call->reached = next;
	return run_from(scope, call, next);
}

/* Where somebody wants to see counts, they are calls of their own, as in Strapi. */
static bool counts_apart(const struct scope *scope, const struct document_call *call)
{
	return document_call_has_middlewares(scope, call->model, DOCUMENT_COUNT) ||
		hooks_any(scope, call->model, LIFECYCLE_COUNT);
}

static int count_apart(struct scope *scope, struct document_call *call)
{
	struct document_call counting = { .magic = DOCUMENT_CALL_MAGIC, .action = DOCUMENT_COUNT, .model = call->model,
		.params = call->params, .reread = call->reread, .arg = call->arg };

	if (call->reread(scope, &counting, call->params) < 0 || run_from(scope, &counting, 0) < 0)
		return -1;
	call->total = counting.total;
	return 0;
}

static int run(struct scope *scope, struct document_call *call)
{
	bool apart = call->with_count && call->reread && counts_apart(scope, call);
	int rc;

	call->magic = DOCUMENT_CALL_MAGIC;
	call->with_count = call->with_count && !apart;
	rc = run_from(scope, call, 0);
	/* Whoever kept it has nothing in his hands. */
	call->magic = 0;
	return rc == 0 && apart ? count_apart(scope, call) : rc;
}

int document_call(struct scope *scope, struct document_call *call)
{
	int rc;

	if (scope->nesting == NESTING)
		return scope_throw(scope, ERROR_INTERNAL,
			"%s of %.*s: %d calls of the Document Service stand inside one another; a middleware or hook calls itself",
			names[call->action], STR_ARG(call->model->uid), NESTING);
	scope->nesting++;
	rc = run(scope, call);
	scope->nesting--;
	return rc;
}
