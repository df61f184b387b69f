/* Services: functions that plugins offer to one another, in a table whose type both know.
 *
 * The one who offers a service writes its table down in a header of its own:
 *
 *	// shop_pricing.h
 *	struct shop_pricing {
 *		int (*price)(socle_context *ctx, const char *product, int64_t *cents_r);
 *	};
 *
 * fills it, and lists it in the manifest (`services = ["pricing"]`):
 *
 *	static int price_of(socle_context *ctx, const char *product, int64_t *cents_r) { *cents_r = 100; return 0; }
 *
 *	SOCLE_SERVICE(pricing, struct shop_pricing, 1, .price = price_of)
 *
 * Its uid is "api::shop.pricing" for a plugin of kind "api", "plugin::shop.pricing" for one of kind "plugin". Whoever uses it says so once,
 * outside of any function, requires the plugin in the manifest (`requires = { shop = ">=1.0" }`, which has it loaded and started before), and
 * calls it:
 *
 *	SOCLE_USE(pricing, "api::shop.pricing", struct shop_pricing, 1)
 *
 *	int rc = socle_call(ctx, pricing, price, socle_param(ctx, "id"), &cents);
 *
 * Uses are resolved when the host builds a generation: a call looks nothing up, and a service that isn't there, or is of another version, is
 * refused before anything runs. A service's code runs as its own plugin's: its configuration, its data, its name in the log.
 *
 * The version is the table's: raise it when a member changes or goes. New members at the end need no new version; who was built with them
 * is refused by a service that lacks them.
 */
#ifndef SOCLE_SERVICE_H
#define SOCLE_SERVICE_H

#include <stddef.h>
#include <stdint.h>

#include <socle/context.h>

SOCLE_C_BEGIN

/* What SOCLE_SERVICE() defines. */
struct socle_service {
	size_t size;			/* of this struct, where the plugin was compiled */
	uint32_t version;
	uint32_t table_size;
	const void *table;
};

/* What SOCLE_USE() defines. */
struct socle_service_use {
	const char *uid;
	uint32_t version;
	uint32_t table_size;
	const void *table;		/* the host's */
	const void *service;		/* the host's */
};

#define SOCLE_SERVICE_USE_SECTION "socle_service_uses"

/* Offers a service: its name in the manifest with '_' for '-', the type of its table, its version, its members.
 *
 *	SOCLE_SERVICE(pricing, struct shop_pricing, 1, .price = price_of)
 */
#define SOCLE_SERVICE(name, type, version, ...)                                                                \
	static const type socle_service_table_##name = { __VA_ARGS__ };                                        \
	SOCLE_C_EXTERN SOCLE_EXPORT const struct socle_service socle_service_##name;                           \
	const struct socle_service socle_service_##name = { sizeof(struct socle_service), (version),           \
		(uint32_t)sizeof(type), &socle_service_table_##name };

/* Uses a service. `name` is what this file calls it.
 *
 *	SOCLE_USE(pricing, "api::shop.pricing", struct shop_pricing, 1)
 */
#define SOCLE_USE(name, uid, type, version)                                                                    \
	typedef type socle_service_type_##name;                                                                \
	static struct socle_service_use name = { uid, (version), (uint32_t)sizeof(type), NULL, NULL };         \
	__attribute__((section(SOCLE_SERVICE_USE_SECTION), used))                                              \
	static struct socle_service_use *const socle_service_use_entry_##name = &name;

#ifdef __cplusplus
#define SOCLE_AUTO auto
#else
#define SOCLE_AUTO __auto_type
#endif

/* Calls a member of the table that returns something (what can fail returns int): its first argument is the context.
 *
 *	if (socle_call(ctx, pricing, price, id, &cents) < 0)
 *		return -1;
 */
#define socle_call(ctx, name, member, ...)                                                                     \
	__extension__({                                                                                        \
		socle_context *socle_call_ctx = (ctx);                                                         \
		struct socle_crossing socle_call_before = socle_service_enter(socle_call_ctx, &(name));        \
		SOCLE_AUTO socle_call_result = ((const socle_service_type_##name *)(name).table)->member(      \
			socle_call_ctx __VA_OPT__(, ) __VA_ARGS__);                                            \
		socle_service_leave(socle_call_ctx, socle_call_before);                                        \
		socle_call_result;                                                                             \
	})

/* What socle_call() does around the call. Whose code ran before: given back as it was got. */
struct socle_crossing {
	const void *step, *instance;
};

/* For code that calls the table by itself, `use->table`: what runs until socle_service_leave() runs as the service's plugin.
 *
 *	struct socle_crossing before = socle_service_enter(ctx, &pricing);
 *	socle_service_leave(ctx, before);
 */
SOCLE_API struct socle_crossing socle_service_enter(socle_context *ctx, const struct socle_service_use *use);

/* Ends it.
 *
 *	socle_service_leave(ctx, before);
 */
SOCLE_API void socle_service_leave(socle_context *ctx, struct socle_crossing before);

SOCLE_C_END

#endif
