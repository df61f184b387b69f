/* Words of a name, as lodash's snakeCase finds them: what Strapi makes columns of. */
#ifndef MODEL_SNAKE_CASE_H
#define MODEL_SNAKE_CASE_H

#include "base/arena.h"
#include "base/str.h"

/* "canonicalURL" is "canonical_url", "image3D" is "image_3_d". Letters beyond Latin stay as they are, also
 * their case. Empty when the text has no word in it. */
struct str snake_case(struct arena *arena, struct str text);

/* Latin letters without their accents ("é" is "e", "ß" is "ss"); all else stays. */
struct str snake_case_deburr(struct arena *arena, struct str text);

#endif
