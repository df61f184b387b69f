/* Order values of links: a list is changed without rewriting the values of what stays. */
#include <math.h>

#include "query/links.h"

/* Two neighbours closer than this leave no room for a third. */
static const double CLOSEST = 1e-6;

/* Marks the longest rising run of values that are there: those keep theirs. `best[k]` is the index of the smallest value that
 * ends a run of k + 1. */
static void mark_kept(struct arena *arena, const double *orders, unsigned count, bool *kept)
{
	unsigned *best = arena_array(arena, count, sizeof(*best));
	int *before = arena_array(arena, count, sizeof(*before));
	unsigned length = 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned low = 0, high = length;

		kept[i] = false;
		if (isnan(orders[i]) || orders[i] <= 0)
			continue;
		while (low < high) {
			unsigned middle = (low + high) / 2;

			if (orders[best[middle]] < orders[i])
				low = middle + 1;
			else
				high = middle;
		}
		before[i] = low ? (int)best[low - 1] : -1;
		best[low] = i;
		length = low == length ? length + 1 : length;
	}
	for (int i = length ? (int)best[length - 1] : -1; i >= 0; i = before[i])
		kept[i] = true;
}

static bool is_rising(const double *orders, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (orders[i] - (i ? orders[i - 1] : 0) < CLOSEST)
			return false;
	}
	return true;
}

/* The new ones of [from, to) go evenly between their neighbours; behind the last one they count on. */
static void fill(double *orders, unsigned from, unsigned to, unsigned count)
{
	double low = from ? orders[from - 1] : 0;

	for (unsigned i = from; i < to; i++) {
		if (to == count)
			orders[i] = floor(low) + 1 + (i - from);
		else
			orders[i] = low + (orders[to] - low) * (i - from + 1) / (to - from + 1);
	}
}

void links_fit_orders(struct arena *arena, double *orders, unsigned count)
{
	bool *kept = arena_array(arena, count, sizeof(*kept));

	mark_kept(arena, orders, count, kept);
	for (unsigned from = 0; from < count;) {
		unsigned to = from;

		while (to < count && !kept[to])
			to++;
		fill(orders, from, to, count);
		from = to + 1;
	}
	if (is_rising(orders, count))
		return;
	for (unsigned i = 0; i < count; i++)
		orders[i] = i + 1;
}
