#include "document/locale.h"

#include <jansson.h>
#include <stdio.h>

#include "base/clock.h"
#include "db/db.h"
#include "extension/generation.h"

/* The store holds JSON: "\"en\"". Without the table or the row it is English. */
static int read_default(struct scope *scope, char *code, size_t size)
{
	struct db *db = scope->db ? scope->db : db_acquire(scope->pool, &scope->error);
	struct rowset *rows;
	int rc;

	snprintf(code, size, "en");
	if (!db)
		return -1;
	rc = db_query(db, STR("SELECT `value` FROM `strapi_core_store_settings` WHERE `key` = 'plugin_i18n_default_locale'"),
		NULL, 0, scope->arena, &rows, &scope->error);
	if (rc == 0 && rows->count) {
		struct str text = cell_text(rows->cells);

		if (text.n > 2 && text.n - 2 < size && text.p[0] == '"')
			snprintf(code, size, "%.*s", (int)text.n - 2, text.p + 1);
	}
	if (!scope->db)
		db_release(db);
	return rc;
}

int locale_default(struct scope *scope, struct str *code_r)
{
	struct locale_cache *cache = &scope->generation->locale;
	uint64_t now = clock_monotonic_ms();

	if (cache->read_ms == 0 || now - cache->read_ms > LOCALE_STALE_MS) {
		char code[sizeof(cache->code)];

		if (read_default(scope, code, sizeof(code)) < 0)
			return -1;
		memcpy(cache->code, code, sizeof(code));
		cache->read_ms = now;
	}
	*code_r = arena_str(scope->arena, str_of(cache->code));
	return 0;
}
