/* From schema files to models: what the readers of types, attributes and automatic attributes share.
 *
 * A schema is read into a model of its own first; only one without problems is
 * added to the set. What refers to other files (targets, components, link
 * tables) is left to model/relations.c.
 */
#ifndef MODEL_READ_H
#define MODEL_READ_H

#include "model/model.h"
#include "model/problems.h"

struct models_custom_field {
	struct str uid;
	enum attribute_type type;
	struct models_custom_field *next;
};

struct reader {
	struct arena *arena;
	const struct models *models;
	const struct model_source *source;
	struct model *model;
	struct problems *problems;
};

/* Values of a known type, absent keys keep *value_r; a wrong type is a problem. */
void read_bool(struct reader *reader, const struct node *table, const char *key, bool *value_r);
struct str read_string(struct reader *reader, const struct node *table, const char *key);
/* The node when it is there and of that type, NULL otherwise. */
const struct node *read_typed(struct reader *reader, const struct node *table, const char *key,
	enum node_type type);
/* A string that must be there and not be empty. */
struct str read_required(struct reader *reader, const struct node *table, const char *key);
/* Says so in the log where a key looks like a misspelt one; others may belong to tools of Strapi's. */
void read_suggest_keys(const struct node *table, const char *const *known);

/* Whether a name may stand in a statement between backticks. */
bool read_is_identifier(struct str name);

/* The value as a tree that lives as long as the arena. */
const json_t *read_json(struct arena *arena, const struct node *node);

/* model/attribute.c: one attribute of the schema. */
void attribute_read(struct reader *reader, struct attribute *attribute, const struct node *node);

/* model/automatic.c: model->attributes, the schema's among the automatic ones. */
void automatic_lay_out(struct reader *reader, const struct node *attributes);
/* model/automatic.c: columns, column indexes and shortcuts of a model whose attributes are read. */
void automatic_finish(struct reader *reader);

/* model/model.c */
void models_add(struct models *models, struct model *model);

#endif
