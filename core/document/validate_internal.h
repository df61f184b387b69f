/* What the files of validation share: document/validate.c walks models, validate_scalar.c judges single values. */
#ifndef DOCUMENT_VALIDATE_INTERNAL_H
#define DOCUMENT_VALIDATE_INTERNAL_H

#include "document/failures.h"
#include "document/validate.h"

struct check {
	const struct validate_options *options;
	struct failures_pool pool;
	struct error *error;
	bool broken;			/* a question failed: `error` says how */
};

/* The surroundings of a value, for unique attributes. */
struct surroundings {
	struct validate_holder holder;
	const json_t *repeated;		/* the entity's repeatable component that we are in, as it came */
	const json_t *zone;		/* the entity's zone that we are in, as it came */
	const struct surroundings *parent;
};

struct field {
	const struct attribute *attribute;
	const json_t *value;		/* after casting; NULL: absent */
	const json_t *original;		/* as it came; NULL: absent there */
	struct place place;
	const struct surroundings *surroundings;	/* NULL: the entity itself */
};

/* One attribute type's rules. */
struct scalar_rules {
	const char *type;		/* as messages call it; NULL: any value is of this type */
	bool number;			/* a null that was something else stands for NaN or Infinity */
	bool nullable;			/* even when required */
	bool unique;			/* `unique` means something */
	bool always_tested;		/* takes a tick even where the schema sets no limit */
	/* A new reference: the value in the type's own form, or the same value. NULL: always the same. */
	json_t *(*cast)(const struct attribute *attribute, json_t *value);
	/* Of a value that is neither absent nor null. */
	bool (*is_type)(const struct field *field);
	/* Failures beside that of the type; nothing else is judged then. */
	void (*check_first)(struct check *check, const struct field *field, struct failures *failures);
	/* Whether the database can be asked for such a value; NULL: for any. */
	bool (*is_comparable)(const json_t *value);
	/* Of a value of the right type. Returns the tick at which it ended. */
	unsigned (*check)(struct check *check, const struct field *field, unsigned tick, struct failures *failures);
};

extern const struct scalar_rules validate_string, validate_email, validate_uid, validate_enumeration;
extern const struct scalar_rules validate_integer, validate_decimal, validate_biginteger;
extern const struct scalar_rules validate_boolean, validate_blocks;

/* Absent from the table: any value passes (json). */
json_t *validate_scalar_cast(const struct attribute *attribute, json_t *value);
/* Returns the tick at which the check ended. */
unsigned validate_scalar_check(struct check *check, const struct field *field, unsigned tick,
	struct failures *failures);

#endif
