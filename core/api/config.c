#include <socle/config.h>

#include "api/door.h"
#include "base/log.h"

/* NULL for a declared key that nobody set, and, with a line in the log, for one that isn't declared. */
static const json_t *find(
	const struct scope *scope, const json_t *object, const char *key, const char *function)
{
	const json_t *value = json_object_get(object, key);

	if (!value) {
		log_error("plugin", "%s: %s(ctx, \"%s\"): no such key is declared in plugin.toml",
			api_plugin_name(scope), function, key);
	}
	return json_is_null(value) ? NULL : value;
}

static const json_t *config_value(socle_context *ctx, const char *key, const char *function)
{
	struct scope *scope = api_scope(ctx, function);

	return find(scope, scope->instance ? scope->instance->config : NULL, key, function);
}

/* Options need not be declared, so an absent one is no mistake. */
static const json_t *option_value(socle_context *ctx, const char *key, const char *function)
{
	struct scope *scope = api_scope(ctx, function);
	const json_t *value = scope->step ? json_object_get(scope->step->config, key) : NULL;

	return json_is_null(value) ? NULL : value;
}

static void other_type(socle_context *ctx, const json_t *value, const char *key, const char *function)
{
	if (value) {
		log_error("plugin", "%s: %s(ctx, \"%s\"): the key has another type",
			api_plugin_name(api_scope(ctx, function)), function, key);
	}
}

static int64_t as_int(socle_context *ctx, const json_t *value, const char *key, const char *function)
{
	if (!json_is_integer(value))
		other_type(ctx, value, key, function);
	return json_integer_value(value);
}

static double as_number(socle_context *ctx, const json_t *value, const char *key, const char *function)
{
	if (!json_is_number(value))
		other_type(ctx, value, key, function);
	return json_number_value(value);
}

static const char *as_string(socle_context *ctx, const json_t *value, const char *key, const char *function)
{
	if (!json_is_string(value))
		other_type(ctx, value, key, function);
	return json_string_value(value);
}

static bool as_bool(socle_context *ctx, const json_t *value, const char *key, const char *function)
{
	if (!json_is_boolean(value))
		other_type(ctx, value, key, function);
	return json_is_true(value);
}

int64_t socle_config_int(socle_context *ctx, const char *key)
{
	return as_int(ctx, config_value(ctx, key, __func__), key, __func__);
}

double socle_config_number(socle_context *ctx, const char *key)
{
	return as_number(ctx, config_value(ctx, key, __func__), key, __func__);
}

const char *socle_config_string(socle_context *ctx, const char *key)
{
	return as_string(ctx, config_value(ctx, key, __func__), key, __func__);
}

bool socle_config_bool(socle_context *ctx, const char *key)
{
	return as_bool(ctx, config_value(ctx, key, __func__), key, __func__);
}

const json_t *socle_config_json(socle_context *ctx, const char *key)
{
	struct scope *scope = api_scope(ctx, __func__);

	if (!key)
		return scope->instance ? scope->instance->config : NULL;
	return config_value(ctx, key, __func__);
}

int64_t socle_option_int(socle_context *ctx, const char *key)
{
	return as_int(ctx, option_value(ctx, key, __func__), key, __func__);
}

double socle_option_number(socle_context *ctx, const char *key)
{
	return as_number(ctx, option_value(ctx, key, __func__), key, __func__);
}

const char *socle_option_string(socle_context *ctx, const char *key)
{
	return as_string(ctx, option_value(ctx, key, __func__), key, __func__);
}

bool socle_option_bool(socle_context *ctx, const char *key)
{
	return as_bool(ctx, option_value(ctx, key, __func__), key, __func__);
}

const json_t *socle_option_json(socle_context *ctx, const char *key)
{
	struct scope *scope = api_scope(ctx, __func__);

	if (!key)
		return scope->step ? scope->step->config : NULL;
	return option_value(ctx, key, __func__);
}
