#include <socle/socle.h>

#include <string.h>

#define PAGE "plugin::guestbook.page"

SOCLE_QUERY(pages, PAGE, "sort=id:desc&fields[0]=text&pagination[limit]=:limit")

SOCLE_PLUGIN()

/* POST /api/guestbook/sign {"text": "..."} */
SOCLE_ACTION(book_sign)
{
	socle_documents *page = socle_create(ctx, PAGE, socle_body(ctx), NULL);

	return page ? socle_send_document(ctx, 201, page) : -1;
}

/* GET /api/guestbook/pages */
SOCLE_ACTION(book_pages)
{
	return socle_send_documents(ctx, socle_find(ctx, pages, socle_int(10)));
}

SOCLE_POLICY(polite)
{
	const char *text = json_string_value(json_object_get(socle_body(ctx), "text"));

	return !text || !strstr(text, "damn");
}

SOCLE_LIFECYCLE(sign_off)
{
	json_t *data = socle_event_data(event);
	const char *text = json_string_value(json_object_get(data, "text"));

	json_object_set_new(data, "text", json_string(socle_printf(ctx, "%s\n%s", text ? text : "",
		socle_config_string(ctx, "signature"))));
	return 0;
}
