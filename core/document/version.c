#include "document/version.h"

#include "document/locale.h"

static int read_locales(struct scope *scope, const struct param *locale, struct document_version *version)
{
	unsigned count = locale && locale->type == PARAM_ARRAY ? locale->count : 1, i = 0;

	if (locale && locale->type == PARAM_STRING && str_is(locale->text, "*")) {
		version->any_locale = true;
		return 0;
	}
	version->locales = arena_array(scope->arena, count ? count : 1, sizeof(*version->locales));
	version->locale_count = count;
	if (!locale || locale->type == PARAM_NULL || (locale->type == PARAM_STRING && locale->text.n == 0)) {
		struct str code;

		if (locale_default(scope, &code) < 0)
			return -1;
		version->locales[0] = db_text(code);
	} else if (locale->type == PARAM_ARRAY) {
		version->listed = true;
		param_foreach(item, locale)
			version->locales[i++] = db_text(item->text);
	} else {
		version->locales[0] = db_text(locale->text);
	}
	return 0;
}

int document_version_read(struct scope *scope, const struct model *model, const struct param *status,
	const struct param *locale, struct document_version *version_r)
{
	*version_r = (struct document_version){ .published = !status || str_is(status->text, "published") };
	return model->localized ? read_locales(scope, locale, version_r) : 0;
}

void document_version_where_status(struct query *query, const struct document_version *version)
{
	if (!query->model->draft_and_publish)
		return;
	query_where(query, condition_compare(query->arena, NULL, query->model->published_at,
		version->published ? OPERATOR_NOT_NULL : OPERATOR_NULL, NULL, 0));
	publication_where(query, version->publication, version->published);
}

void document_version_where(struct query *query, const struct document_version *version)
{
	const struct model *model = query->model;

	document_version_where_status(query, version);
	if (model->localized && version->locales)
		query_where(query, condition_compare(query->arena, NULL, model->locale,
			version->locale_count == 1 ? OPERATOR_EQ : OPERATOR_IN, version->locales, version->locale_count));
}
