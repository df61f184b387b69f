#include "query/link_load.h"

#include <stdlib.h>

#include "query/link_select.h"

static bool is_localizations(const struct attribute *attribute)
{
	return attribute == attribute->model->localizations;
}

struct str link_load_key_column(const struct attribute *attribute)
{
	if (is_localizations(attribute))
		return STR("document_id");
	if (attribute->link.storage == LINK_COLUMN && attribute->link.owner)
		return attribute->link.own_column;
	if (attribute->link.storage == LINK_MORPH_COLUMNS && attribute->link.owner)
		return attribute->link.target_column;
	return STR("id");
}

struct str link_load_type_column(const struct attribute *attribute)
{
	bool told = attribute->link.storage == LINK_MORPH_COLUMNS && attribute->link.owner;

	return told ? attribute->link.type_column : STR_NULL;
}

/* ---- the parents' keys ---- */

/* Their places by row are the groups. False when no row has one. */
static bool collect_keys(const struct link_load *load, struct key_set *keys)
{
	const struct loaded *parent = load->parent;
	unsigned column =
		query_place(parent->query, link_load_key_column(load->relation->populate->attribute));
	uint32_t *group_of = arena_array(load->arena, parent->rows->count, sizeof(*group_of));

	key_set_init(keys, load->arena, parent->rows->count);
	for (unsigned r = 0; r < parent->rows->count; r++)
		group_of[r] = key_set_add(keys, &rowset_row(parent->rows, r)[column]);
	if (keys->count == 0)
		return false;
	load->relation->group_of = group_of;
	load->relation->groups = arena_zalloc(load->arena, keys->count * sizeof(*load->relation->groups));
	return true;
}

/* ---- groups ---- */

/* An item on its way into its group. */
struct member {
	uint32_t group;			/* KEY_NONE: it isn't shown */
	struct loaded_item item;
	const struct cell *order;	/* NULL: as they came */
};

static double order_of(const struct member *member)
{
	const struct cell *cell = member->order;

	if (cell->type == CELL_DOUBLE)
		return cell->real;
	/* As the database sorts NULL. */
	return cell->type == CELL_NULL ? -1.0 : (double)cell_integer(cell);
}

static int compare_members(const void *a, const void *b)
{
	const struct member *left = a, *right = b;
	double first = order_of(left), second = order_of(right);

	if (left->group != right->group)
		return left->group < right->group ? -1 : 1;
	if (first != second)
		return first < second ? -1 : 1;
	/* What ties stays as it came: members without an order are never sorted, the others stand in one
	 * array. */
	return left->order < right->order ? -1 : left->order > right->order;
}

static bool are_sorted(const struct member *members, unsigned count)
{
	for (unsigned i = 1; i < count; i++) {
		if (compare_members(&members[i - 1], &members[i]) > 0)
			return false;
	}
	return true;
}

/* Puts the members into the relation's groups. */
static void group_members(const struct link_load *load, struct member *members, unsigned count,
	unsigned group_count)
{
	struct loaded_relation *relation = load->relation;
	uint32_t next = 0;

	if (count && members[0].order && !are_sorted(members, count))
		qsort(members, count, sizeof(*members), compare_members);
	relation->items = arena_array(load->arena, count ? count : 1, sizeof(*relation->items));
	for (unsigned i = 0; i < count; i++) {
		if (members[i].group != KEY_NONE)
			relation->groups[members[i].group].count++;
	}
	for (unsigned g = 0; g < group_count; g++) {
		relation->groups[g].first = next;
		next += relation->groups[g].count;
		relation->groups[g].count = 0;
	}
	for (unsigned i = 0; i < count; i++) {
		struct loaded_group *group;

		if (members[i].group == KEY_NONE)
			continue;
		group = &relation->groups[members[i].group];
		relation->items[group->first + group->count++] = members[i].item;
	}
}

/* ---- relations to one type ---- */

/* Among other versions of the document those that are in the answer already aren't shown. */
static void leave_out_parents(const struct link_load *load, const struct rowset *rows, struct member *members)
{
	const struct loaded *parent = load->parent;
	unsigned own = query_place(parent->query, STR("id"));
	unsigned other = query_place(load->relation->populate->types->query, STR("id"));
	struct key_set ids;

	key_set_init(&ids, load->arena, parent->rows->count);
	for (unsigned r = 0; r < parent->rows->count; r++)
		key_set_add(&ids, &rowset_row(parent->rows, r)[own]);
	for (unsigned r = 0; r < rows->count; r++) {
		if (key_set_find(&ids, &rowset_row(rows, r)[other]) != KEY_NONE)
			members[r].group = KEY_NONE;
	}
}

/* A row that met a condition on a joined table twice is one target. */
static void leave_out_repeated(const struct link_load *load, const struct rowset *rows,
	struct member *members)
{
	unsigned id = query_place(load->relation->populate->types->query, STR("id"));
	struct key_set pairs;

	key_set_init(&pairs, load->arena, rows->count);
	for (unsigned r = 0; r < rows->count; r++) {
		uint64_t target = (uint64_t)cell_integer(&rowset_row(rows, r)[id]);
		struct cell pair = { .type = CELL_UINT };
		unsigned before = pairs.count;

		pair.uinteger = ((uint64_t)members[r].group << 40) ^ target;
		key_set_add(&pairs, &pair);
		if (pairs.count == before)
			members[r].group = KEY_NONE;
	}
}

/* What was left out is nobody's parent. */
static void close_ranks(struct rowset *rows, struct member *members)
{
	unsigned kept = 0;

	for (unsigned r = 0; r < rows->count; r++) {
		struct cell *to = rows->cells + (size_t)kept * rows->columns;

		if (members[r].group == KEY_NONE)
			continue;
		if (kept < r) {
			memmove(to, rowset_row(rows, r), rows->columns * sizeof(*to));
			members[kept] = members[r];
			members[kept].item.place = kept;
			if (members[r].order)
				members[kept].order = to + (members[r].order - rowset_row(rows, r));
		}
		kept++;
	}
	rows->count = kept;
}

static void group_rows(const struct link_load *load, struct rowset *rows, const struct key_set *keys,
	bool ordered)
{
	const struct populate *populate = load->relation->populate;
	unsigned key = link_select_key(populate->types->query);
	struct member *members = arena_array(load->arena, rows->count ? rows->count : 1, sizeof(*members));

	for (unsigned r = 0; r < rows->count; r++) {
		const struct cell *row = rowset_row(rows, r);

		members[r] = (struct member){ key_set_find(keys, &row[key]), { 0, r },
			ordered ? &row[key + 1] : NULL };
	}
	if (is_localizations(populate->attribute))
		leave_out_parents(load, rows, members);
	if (populate->types->query->joins)
		leave_out_repeated(load, rows, members);
	close_ranks(rows, members);
	group_members(load, members, rows->count, keys->count);
}

static void group_counts(const struct link_load *load, const struct rowset *rows, const struct key_set *keys)
{
	for (unsigned r = 0; r < rows->count; r++) {
		const struct cell *row = rowset_row(rows, r);
		uint32_t group = key_set_find(keys, &row[0]);

		if (group != KEY_NONE)
			load->relation->groups[group].count = (uint32_t)cell_integer(&row[1]);
	}
}

/* The column of the target that holds its parent's key; STR_NULL: a link table holds it. */
static struct str target_column(const struct attribute *attribute)
{
	const struct link *link = &attribute->link;

	if (is_localizations(attribute))
		return STR("document_id");
	if (link->storage == LINK_COLUMN)
		return link->owner ? link->target_column : link->own_column;
	return link->storage == LINK_MORPH_COLUMNS ? link->own_column : STR_NULL;
}

int link_load_targets(const struct link_load *load)
{
	const struct populate *populate = load->relation->populate;
	struct key_set keys;
	struct link_select select = { load->db, load->arena, populate->attribute, populate->types->query,
		&keys, load->room, load->error };
	struct str column = target_column(populate->attribute);
	/* An order that was asked for takes the place of the links' own. */
	bool ordered = str_is_null(column) && !str_is_null(populate->attribute->link.order_column) &&
		select.query->order_count == 0;
	struct rowset *rows;

	if (!collect_keys(load, &keys))
		return 0;
	if (populate->count) {
		if (link_select_count(&select, &rows) < 0)
			return -1;
		group_counts(load, rows, &keys);
		return 0;
	}
	if ((str_is_null(column) ? link_select_through(&select, ordered, &rows) :
		link_select_by_column(&select, column, &rows)) < 0)
		return -1;
	group_rows(load, rows, &keys, ordered);
	load->relation->types->rows = rows;
	return 0;
}

/* ---- relations to several types ---- */

static uint32_t type_named(const struct populate *populate, const struct cell *name)
{
	for (unsigned i = 0; i < populate->type_count; i++) {
		if (str_equal(populate->types[i].query->model->uid, cell_text(name)))
			return i;
	}
	return KEY_NONE;
}

/* What the links of several rows lead to, by type. */
struct collector {
	const struct link_load *load;
	struct key_set *ids;		/* most types don't occur: their sets stay as they are, all zero */
	struct member *members;
	unsigned count, most;
};

static void collector_init(struct collector *collector, const struct link_load *load, struct key_set *ids,
	unsigned most)
{
	*collector = (struct collector){ load, ids, .most = most };
	collector->members = arena_array(load->arena, most ? most : 1, sizeof(*collector->members));
}

static void collect(struct collector *collector, uint32_t group, const struct cell *type,
	const struct cell *id, const struct cell *order)
{
	uint32_t index = type_named(collector->load->relation->populate, type), place = KEY_NONE;

	if (index != KEY_NONE) {
		if (!collector->ids[index].table)
			key_set_init(&collector->ids[index], collector->load->arena, collector->most);
		place = key_set_add(&collector->ids[index], id);
	}
	collector->members[collector->count++] =
		(struct member){ place == KEY_NONE ? KEY_NONE : group, { index, place }, order };
}

/* A morphToOne is told by its own row. */
static int load_own_links(const struct link_load *load, struct key_set *ids)
{
	const struct loaded *parent = load->parent;
	const struct attribute *attribute = load->relation->populate->attribute;
	unsigned count = parent->rows->count;
	unsigned id = query_place(parent->query, link_load_key_column(attribute));
	unsigned type = query_place(parent->query, link_load_type_column(attribute));
	uint32_t *group_of = arena_array(load->arena, count, sizeof(*group_of));
	struct collector collector;

	collector_init(&collector, load, ids, count);
	for (unsigned r = 0; r < count; r++) {
		const struct cell *row = rowset_row(parent->rows, r);

		group_of[r] = r;
		collect(&collector, r, &row[type], &row[id], NULL);
	}
	load->relation->group_of = group_of;
	load->relation->groups = arena_zalloc(load->arena, count * sizeof(*load->relation->groups));
	group_members(load, collector.members, count, count);
	return 0;
}

int link_load_links(const struct link_load *load, struct key_set *ids)
{
	const struct attribute *attribute = load->relation->populate->attribute;
	struct key_set keys;
	struct link_select select = { load->db, load->arena, attribute, NULL, &keys, load->room, load->error };
	struct collector collector;
	struct rowset *links;

	if (!str_is_null(link_load_type_column(attribute)))
		return load_own_links(load, ids);
	if (!collect_keys(load, &keys))
		return 0;
	if (link_select_links(&select, &links) < 0)
		return -1;
	collector_init(&collector, load, ids, links->count);
	for (unsigned i = 0; i < links->count; i++) {
		const struct cell *row = rowset_row(links, i);

		collect(&collector, key_set_find(&keys, &row[LINK_KEY]), &row[LINK_TYPE], &row[LINK_TARGET],
			&row[LINK_ORDER]);
	}
	group_members(load, collector.members, collector.count, keys.count);
	return 0;
}

int link_load_type(const struct link_load *load, unsigned type, const struct key_set *ids)
{
	const struct populate *populate = load->relation->populate;
	struct loaded *target = &load->relation->types[type];
	const struct query *query = populate->types[type].query;
	struct link_select select = { load->db, load->arena, populate->attribute, query, ids, load->room,
		load->error };
	uint32_t *row_of = arena_array(load->arena, ids->count, sizeof(*row_of));
	struct rowset *rows;

	if (link_select_by_column(&select, STR("id"), &rows) < 0)
		return -1;
	memset(row_of, 0xff, ids->count * sizeof(*row_of));
	/* From the last, so that of a row that came twice the first counts. */
	for (unsigned r = rows->count; r-- > 0;) {
		uint32_t place = key_set_find(ids, &rowset_row(rows, r)[link_select_key(query)]);

		if (place != KEY_NONE)
			row_of[place] = r;
	}
	target->rows = rows;
	target->row_of = row_of;
	return 0;
}
