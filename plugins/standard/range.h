/* The Range header: which part of a file is asked for. Knows nothing of the host; tests/fuzz reads it, too.
 *
 *	switch (range_read("bytes=0-499", size, &range)) {
 *	case RANGE_PART: ...			206, range.first, range.length
 *	case RANGE_UNSATISFIABLE: ...		416
 *	case RANGE_WHOLE: ...			200
 */
#ifndef STANDARD_RANGE_H
#define STANDARD_RANGE_H

#include <stdint.h>

struct range {
	uint64_t first, length;
};

enum range_verdict {
	/* What can't be understood, other units and several ranges at once are passed over: all of the file answers each of them.
	 * (Strapi gives the first of several as if it were all that was asked, and 416 for a suffix.) */
	RANGE_WHOLE,
	RANGE_PART,		/* within the file, one byte at least */
	RANGE_UNSATISFIABLE
};

enum range_verdict range_read(const char *header, uint64_t size, struct range *range_r);

#endif
