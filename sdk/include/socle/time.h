/* Time: durations, dates, waiting.
 *
 *	uint64_t start = socle_now_us();
 *	int rc = socle_next(ctx);
 *
 *	socle_log_debug(ctx, "took %.3f ms", (double)(socle_now_us() - start) / 1e3);
 */
#ifndef SOCLE_TIME_H
#define SOCLE_TIME_H

#include <socle/context.h>

SOCLE_C_BEGIN

/* Microseconds of a clock that never goes back and whose zero is arbitrary: for durations.
 *
 *	uint64_t start = socle_now_us();
 */
SOCLE_API uint64_t socle_now_us(void);

/* Milliseconds since 1970-01-01T00:00:00Z: for what is stored or shown.
 *
 *	json_object_set_new(data, "seen", json_integer(socle_unix_ms()));
 */
SOCLE_API int64_t socle_unix_ms(void);

/* Waits without holding anybody else up. 0; negative with the error on the context when the client left
 * meanwhile, or where nothing may wait (in `init` and `exit`).
 *
 *	for (int attempt = 0; attempt < 3 && fetch(ctx) < 0; attempt++) {
 *		if (socle_sleep(ctx, 100) < 0)
 *			return -1;
 *	}
 */
SOCLE_API int socle_sleep(socle_context *ctx, unsigned ms) SOCLE_MUST_CHECK;

SOCLE_C_END

#endif
