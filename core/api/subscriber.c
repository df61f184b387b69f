#include <socle/subscriber.h>

#include "api/door.h"
#include "extension/event.h"
#include "rest/entry.h"

/* socle_message is what plugins call it; it has no other shape. */
static const struct event *check(const socle_message *message, const char *function)
{
	const struct event *event = (const struct event *)message;

	if (!event || event->magic != EVENT_MAGIC)
		api_abort(function, "what is no message, or one that is over");
	return event;
}

const char *socle_message_name(const socle_message *message)
{
	return event_name(check(message, __func__)->kind);
}

const char *socle_message_model(const socle_message *message)
{
	return check(message, __func__)->model->uid.p;
}

const char *socle_message_document_id(socle_context *ctx, const socle_message *message)
{
	return arena_strdup(api_scope(ctx, __func__)->arena, check(message, __func__)->document_id);
}

const char *socle_message_locale(socle_context *ctx, const socle_message *message)
{
	struct str locale = check(message, __func__)->locale;

	return str_is_null(locale) ? NULL : arena_strdup(api_scope(ctx, __func__)->arena, locale);
}

int64_t socle_message_row(const socle_message *message)
{
	return (int64_t)check(message, __func__)->row;
}

json_t *socle_message_entry(socle_context *ctx, const socle_message *message)
{
	return entry_of_event(api_scope(ctx, __func__), check(message, __func__));
}
