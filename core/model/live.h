/* Which types can be served from the tables that are there. */
#ifndef MODEL_LIVE_H
#define MODEL_LIVE_H

#include "db/catalogue.h"
#include "model/model.h"

/* Returns how many models can't be served. reasons_r[model->index] says why, NULL where all is well; a type
 * falls with a component that it uses. Indexes and foreign keys are no matter. */
unsigned model_check_live(const struct models *models, const struct catalogue *live, struct arena *arena,
	const char ***reasons_r);

#endif
