/* Judging the data of a create, an update or a publication against its model.
 *
 *	struct validate_options options = { .creating = true, .draft = false, .models = models };
 *
 *	if (document_validate(model, data, &options, error) < 0)
 *		return -1;	// ERROR_VALIDATION with details.errors, in Strapi's words and order
 *
 * Unknown keys are somebody else's to refuse (they fail first); here they pass. What is a number or a boolean
 * in another form ("5", "true", 1) is replaced in `data` by what it means, defaults are added at creation,
 * and a key that was changed puts all of its object in upstream's order: the schema's, from its end. `data`
 * is untouched on failure.
 *
 * What only the database can tell is asked through the two questions, so that its answers stand in one list
 * with the rest.
 */
#ifndef DOCUMENT_VALIDATE_H
#define DOCUMENT_VALIDATE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"
#include "model/model.h"

/* The component or zone attribute below which a value stands; NULL: the entity itself. */
struct validate_holder {
	const struct validate_holder *parent;
	const struct attribute *attribute;
};

struct validate_options {
	bool creating;			/* publishing too: the row as loaded is validated as a new one */
	bool draft;			/* writes the draft of a type with draft & publish */
	const struct models *models;	/* whose components a zone may hold; NULL: those that it lists */

	/* Whether another entry holds the value of a unique attribute. Never asked for drafts, for null and
	 * empty text, nor for what is twice in this data already. NULL: never asked. -1 ends the validation
	 * with that error. */
	int (*is_taken)(void *arg, const struct validate_holder *holder, const struct attribute *attribute,
		const json_t *value, bool *taken_r, struct error *error);
	/* Whether the rows exist that relations and media name: -1 with ERROR_VALIDATION is put in the list,
	 * with another error it ends the validation. NULL: not asked. */
	int (*rows_exist)(void *arg, const struct model *model, const json_t *data, struct error *error);
	void *arg;
};

int document_validate(const struct model *model, json_t *data, const struct validate_options *options,
	struct error *error) __attribute__((warn_unused_result));

/* Gives a new row the defaults of the scalar attributes that `data` lacks, whatever their conditions say: as
 * the last step before a row is inserted, also that of a component which an update adds. */
void document_apply_defaults(const struct model *model, json_t *data);

#endif
