#include "document/publication.h"

#include "query/peer.h"

/* What a row's other version must be like: the published one of a draft, the draft of a published one. */
enum cohort {
	COHORT_NOBODY,
	COHORT_WITHOUT,			/* there is none in this locale */
	COHORT_WITHOUT_ANY,		/* there is none in any locale */
	COHORT_WITH,
	COHORT_WITH_ANY,
	COHORT_MODIFIED,		/* the draft is newer */
	COHORT_UNMODIFIED,
};

struct publication {
	const char *name;
	enum cohort drafts, published;
};

static const struct publication publications[] = {
	{ "never-published", COHORT_WITHOUT, COHORT_NOBODY },
	{ "has-published-version", COHORT_WITH, COHORT_WITH },
	{ "modified", COHORT_MODIFIED, COHORT_MODIFIED },
	{ "unmodified", COHORT_UNMODIFIED, COHORT_UNMODIFIED },
	{ "never-published-document", COHORT_WITHOUT_ANY, COHORT_NOBODY },
	{ "has-published-version-document", COHORT_WITH_ANY, COHORT_WITH_ANY },
	{ "published-without-draft", COHORT_NOBODY, COHORT_WITHOUT },
	{ "published-with-draft", COHORT_NOBODY, COHORT_WITH },
};

enum { PUBLICATIONS = sizeof(publications) / sizeof(publications[0]) };

static const struct publication *find(struct str name)
{
	for (unsigned i = 0; i < PUBLICATIONS; i++) {
		if (str_equal(name, str_of(publications[i].name)))
			return &publications[i];
	}
	return NULL;
}

static int refuse_filter(struct error *error)
{
	struct buf names = BUF_INIT;
	int rc;

	for (unsigned i = 0; i < PUBLICATIONS; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", publications[i].name);
	rc = error_set_details(error, ERROR_VALIDATION, json_pack("{s:s, s:s}", "source", "query", "param", "publicationFilter"),
		"Invalid value for 'publicationFilter'. Expected one of: %s.", buf_cstr(&names));
	buf_clear(&names);
	return rc;
}

static bool is_given(const struct param *param)
{
	return param && param->type != PARAM_NULL;
}

int publication_read(const struct param *filter, const struct param *has_published_version,
	const struct publication **publication_r, struct error *error)
{
	*publication_r = NULL;
	if (is_given(has_published_version)) {
		struct str text = has_published_version->text;

		if (has_published_version->type == PARAM_NUMBER || (!str_is(text, "true") && !str_is(text, "false")))
			return error_set_details(error, ERROR_VALIDATION, json_object(),
				"Invalid value for 'hasPublishedVersion'. Expected boolean or 'true'/'false' string.");
		*publication_r = find(str_is(text, "true") ? STR("has-published-version-document") :
			STR("never-published-document"));
	}
	if (is_given(filter)) {
		*publication_r = filter->type == PARAM_STRING ? find(filter->text) : NULL;
		if (!*publication_r)
			return refuse_filter(error);
	}
	return 0;
}

void publication_where(struct query *query, const struct publication *publication, bool published)
{
	const struct model *model = query->model;
	struct peer other = { .equal = model->document_id, .same = model->locale,
		.flag = model->published_at, .set = !published };
	enum cohort cohort;

	if (!publication || !model->draft_and_publish)
		return;
	cohort = published ? publication->published : publication->drafts;
	switch (cohort) {
	case COHORT_NOBODY:
		/* In no list of ids. */
		query_where(query, condition_compare(query->arena, NULL, model->id, OPERATOR_IN, NULL, 0));
		return;
	case COHORT_WITHOUT_ANY:
	case COHORT_WITH_ANY:
		other.same = NULL;
		break;
	case COHORT_MODIFIED:
		other.compared = model->updated_at;
		other.is = published ? OPERATOR_LT : OPERATOR_GT;
		break;
	case COHORT_UNMODIFIED:
		other.compared = model->updated_at;
		other.is = published ? OPERATOR_GTE : OPERATOR_LTE;
		break;
	default:
		break;
	}
	query_where(query, condition_peer(query->arena, &other, cohort != COHORT_WITHOUT && cohort != COHORT_WITHOUT_ANY));
}
