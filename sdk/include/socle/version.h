/* The version of the SDK, and the marks that its headers use.
 *
 * A plugin built with major version N runs on every host whose major version is N and whose minor
 * version is at least the plugin's. The host reads the version from the plugin's file before any of its
 * code runs, so a plugin that doesn't fit is refused with a sentence, not with a crash.
 *
 * Change log
 *  1.0  the first: plugins, actions, policies, middlewares, configuration, headers, errors
 *  1.1  files as answers (response.h); content types, components and their attributes (models.h); the whole Document
 *       Service (documents.h: socle_count() and socle_create() take params), document middlewares, lifecycle hooks,
 *       subscribers, transactions, rows, services, policies for other protocols; tests
 *       (test.h); plugins in one file (embed.h)
 *  1.2  long answers, bytes as answers, the file that an answer is (response.h); what becomes of long answers on their way
 *       (transform.h); uploaded files (files.h); sessions (session.h);
 *       signatures (sign.h); what workers share (shared.h); timers (timer.h), threads (offload.h);
 *       requests to others (fetch.h); scheduled tasks (task.h); a policy that would change its request is told so
 *       (policy.h)
 */
#ifndef SOCLE_VERSION_H
#define SOCLE_VERSION_H

#define SOCLE_SDK_MAJOR 1
#define SOCLE_SDK_MINOR 2

/* What the host exports. */
#define SOCLE_API __attribute__((visibility("default")))
/* What a plugin exports, however it is compiled. */
#define SOCLE_EXPORT __attribute__((visibility("default")))
#define SOCLE_UNUSED __attribute__((unused))
#define SOCLE_MUST_CHECK __attribute__((warn_unused_result))
#define SOCLE_PRINTF(text, first) __attribute__((format(printf, text, first)))

#ifdef __cplusplus
#define SOCLE_C_BEGIN extern "C" {
#define SOCLE_C_END }
#define SOCLE_C extern "C"
#define SOCLE_C_EXTERN extern "C"
#else
#define SOCLE_C_BEGIN
#define SOCLE_C_END
#define SOCLE_C
#define SOCLE_C_EXTERN extern
#endif

#endif
