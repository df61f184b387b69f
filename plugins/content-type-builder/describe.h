/* Content types and components in the form in which Strapi's content-type builder answers them. */
#ifndef CONTENT_TYPE_BUILDER_DESCRIBE_H
#define CONTENT_TYPE_BUILDER_DESCRIBE_H

#include <socle/socle.h>

/* The caller's. */
json_t *describe_type(socle_context *ctx, const socle_model *type);
json_t *describe_component(socle_context *ctx, const socle_model *component);

#endif
