#include <socle/socle.h>

#include <string.h>

SOCLE_PLUGIN()

SOCLE_QUERY(page_of_locales, "plugin::i18n.locale", "sort=id&pagination[start]=:start&pagination[withCount]=false")

static json_t *with_default(json_t *locale, const char *default_code)
{
	const char *code = json_string_value(json_object_get(locale, "code"));

	json_object_set_new(locale, "isDefault", json_boolean(code && strcmp(code, default_code) == 0));
	return locale;
}

/* GET /api/i18n/locales: all of them, without an envelope. */
SOCLE_ACTION(locales_list_locales)
{
	const char *default_code = socle_default_locale(ctx);
	json_t *all = json_array();
	size_t count;

	if (!default_code)
		goto failed;
	for (int64_t start = 0;; start += (int64_t)count) {
		socle_documents *page = socle_find(ctx, page_of_locales, socle_int(start));

		if (!page)
			goto failed;
		count = socle_documents_count(page);
		if (count == 0)
			break;
		for (size_t i = 0; i < count; i++)
			json_array_append_new(all, with_default(socle_document_json(page, i), default_code));
	}
	return socle_send_json(ctx, all);
failed:
	json_decref(all);
	return -1;
}
