/* What the files of validation share.
 *
 * Two passes, as upstream: first all values are cast, into a new tree that shares what stays the same
 * (validate_cast.c); then they are judged, with the originals beside them (validate_object.c walks models,
 * validate_scalar.c judges single values by the rules in validate_string.c, validate_number.c and blocks.c).
 */
#ifndef DOCUMENT_VALIDATE_INTERNAL_H
#define DOCUMENT_VALIDATE_INTERNAL_H

#include "document/failures.h"
#include "document/validate.h"

struct compiled;

struct check {
	const struct validate_options *options;
	struct failures_pool pool;
	struct error *error;
	bool broken;			/* a question failed: `error` says how */
	/* kept from one item of a list to the next */
	json_t *seen;			/* validate_unique.c: how often values occur in lists; NULL */
	struct compiled *compiled;	/* validate_string.c: regular expressions */
	const char *component_names;	/* validate_object.c: NULL until one is wrong */
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
	unsigned (*check)(
		struct check *check, const struct field *field, unsigned tick, struct failures *failures);
};

/* What an item of a zone is said to be. */
#define VALIDATE_COMPONENT STR("__component")

static inline json_t *validate_member(const json_t *object, struct str key)
{
	return json_object_getn(object, key.p, key.n);
}

/* Whether upstream's validation knows the attribute; the others stand behind it, as unknown keys do. Of the
 * automatic ones these are publishedAt and locale, which pass whatever they say. */
static inline bool validate_is_known(const struct attribute *attribute)
{
	return attribute->writable;
}

static inline bool validate_is_judged(const struct attribute *attribute)
{
	return validate_is_known(attribute) && !attribute->automatic;
}

static inline bool validate_is_list(const struct attribute *attribute)
{
	return attribute->type == ATTRIBUTE_DYNAMICZONE ||
		(attribute->type == ATTRIBUTE_COMPONENT && attribute->repeatable);
}

/* The component that an item of a zone names; NULL when there is none of that name. */
const struct model *validate_component_of(
	struct check *check, const struct attribute *zone, const json_t *item);

/* A new reference: the object with its values cast and its defaults, or the same. `model` NULL: of a
 * component that isn't known. */
json_t *validate_cast(struct check *check, const struct model *model, json_t *value, bool in_zone);

/* Judges an object that was cast. `rules` is the data that conditions and counts look at: as it came, or cast
 * already in the items of a list. `zone` is whose item it is, or NULL. Returns the tick at which the check
 * ended. */
unsigned validate_object(struct check *check, const struct model *model, const struct field *whole,
	const json_t *rules, const struct attribute *zone, unsigned tick, struct failures *failures);

extern const struct scalar_rules validate_string, validate_email, validate_uid, validate_enumeration;
extern const struct scalar_rules validate_integer, validate_decimal, validate_biginteger;
extern const struct scalar_rules validate_boolean, validate_blocks;

/* Absent from the table: any value passes (json). */
json_t *validate_scalar_cast(const struct attribute *attribute, json_t *value);
/* Returns the tick at which the check ended. */
unsigned validate_scalar_check(struct check *check, const struct field *field, unsigned tick,
	struct failures *failures);

/* Whether the value of a unique attribute is there already, in this data or in another entry. */
unsigned validate_unique(
	struct check *check, const struct field *field, unsigned tick, struct failures *failures);

#endif
