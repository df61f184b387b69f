/* What check and conversion of `populate` read alike: its forms, and the names in it.
 *
 * "a.b" and ["a.b", "c"] are dot paths; both steps work on the object that they stand for:
 *
 *	{"a": {"populate": {"b": true}}, "c": true}
 */
#ifndef REST_POPULATE_TREE_H
#define REST_POPULATE_TREE_H

#include "http/query.h"
#include "model/model.h"
#include "rest/access.h"

/* A string but "*", or a list of strings only (when it has any): dot paths. */
bool populate_is_paths(const struct param *populate);

/* Their object. A later path replaces what it begins like, as Strapi's do. Commas mean nothing here. */
struct param *populate_tree_of_paths(struct arena *arena, const struct param *paths);

/* The object that Strapi's engine makes of paths below a model: commas part paths too, what begins alike is
 * joined, and of several paths below one attribute the later come first. Without commas, a path through
 * something that isn't shown is left out whole. */
struct param *populate_tree_of_lists(struct arena *arena, const struct access *access,
	const struct model *model, const struct param *lists);
bool populate_has_comma(const struct param *paths);

/* "true", "t", "1" and "false", "f", "0". False when it is neither. */
bool populate_boolean(const struct param *value, bool *value_r);
bool populate_is_boolean(struct str text, bool *value_r);

/* Nothing was said: NULL, null, an empty text. */
bool populate_is_absent(const struct param *param);
bool populate_is_star(const struct param *param);

/* By name, as schemas know them: id and documentId aren't among them. */
const struct attribute *populate_attribute(const struct model *model, struct str name);

/* It leads to other rows: a relation, media, a component, a zone. */
bool populate_is_possible(const struct attribute *attribute);

/* To rows of several types: a zone, morphToOne, morphToMany. */
bool populate_is_polymorphic(const struct attribute *attribute);

/* Where it leads; NULL when to several types, or to one that nobody brought. */
const struct model *populate_target(const struct attribute *attribute);

#endif
