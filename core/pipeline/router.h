/* Which route answers a method and a path.
 *
 * Built once per generation from its routes; first declared wins among those that
 * match, as in Strapi. Patterns: "/a/:id", ":id?", ":id*", ":id+", ":cat([a-z]+)", "(.*)", "{-:x}?"
 * (path-to-regexp 6); ASCII case is ignored, one trailing slash is accepted.
 */
#ifndef PIPELINE_ROUTER_H
#define PIPELINE_ROUTER_H

#include "extension/generation.h"
#include "http/message.h"

struct request;

/* A route with its names resolved. */
struct matched_route {
	const struct route *route;
	struct chain policies, middlewares;
	struct step action;
	bool allowed;			/* the configured public list has its permission */
};

struct router;

/* Resolves actions, policies and middlewares of all routes, compiles their patterns, and finds conflicts. */
struct router *router_new(struct generation *generation, struct error *error);

enum router_result { ROUTER_MATCH, ROUTER_NOT_FOUND, ROUTER_METHOD_NOT_ALLOWED };

/* Fills the request's route and parameters. With ROUTER_METHOD_NOT_ALLOWED (and for OPTIONS) *allow_r is what the Allow header
 * says, in the message's arena. A path that can't be decoded is -1 with the error set (400). */
int router_match(const struct router *router, struct request *request, struct str *allow_r);

#endif
