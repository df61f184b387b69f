#include "extension/scope.h"

static void clear(void *arg)
{
	struct scope *scope = arg;

	error_clear(&scope->error);
	scope->magic = 0;
}

void scope_init(struct scope *scope, struct arena *arena, struct generation *generation, struct db_pool *pool)
{
	*scope = (struct scope){ .magic = SCOPE_MAGIC, .arena = arena, .generation = generation, .pool = pool };
	arena_defer(arena, clear, scope);
}

int scope_throw(struct scope *scope, enum error_kind kind, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	error_vset(&scope->error, kind, format, args);
	va_end(args);
	return -1;
}
