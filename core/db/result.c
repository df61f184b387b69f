/* The client library hands each value to decode() while the packet is still in its read buffer. Against letting
 * it store the result and bind columns, this saves a copy of every packet and one of every text. */
#include "db/result.h"

#include <endian.h>
#include <errmsg.h>
#include <stdlib.h>

#include "db/connection.h"

enum { FIRST_BLOCK = 1024, LARGEST_BLOCK = 64 * 1024, KEEP_CELLS = 16 * 1024 };

enum kind {
	KIND_NOTHING, KIND_TEXT, KIND_INT8, KIND_UINT8, KIND_INT16, KIND_UINT16, KIND_INT32, KIND_UINT32,
	KIND_INT64, KIND_UINT64, KIND_FLOAT, KIND_DOUBLE, KIND_BITS, KIND_DATE, KIND_DATETIME, KIND_TIME,
};

/* What isn't listed comes as text. */
static const uint8_t kinds[256][2] = {		/* signed, unsigned */
	[MYSQL_TYPE_NULL] = { KIND_NOTHING, KIND_NOTHING },
	[MYSQL_TYPE_TINY] = { KIND_INT8, KIND_UINT8 },
	[MYSQL_TYPE_SHORT] = { KIND_INT16, KIND_UINT16 },
	[MYSQL_TYPE_YEAR] = { KIND_INT16, KIND_UINT16 },
	[MYSQL_TYPE_INT24] = { KIND_INT32, KIND_UINT32 },
	[MYSQL_TYPE_LONG] = { KIND_INT32, KIND_UINT32 },
	[MYSQL_TYPE_LONGLONG] = { KIND_INT64, KIND_UINT64 },
	[MYSQL_TYPE_FLOAT] = { KIND_FLOAT, KIND_FLOAT },
	[MYSQL_TYPE_DOUBLE] = { KIND_DOUBLE, KIND_DOUBLE },
	[MYSQL_TYPE_BIT] = { KIND_BITS, KIND_BITS },
	[MYSQL_TYPE_DATE] = { KIND_DATE, KIND_DATE },
	[MYSQL_TYPE_NEWDATE] = { KIND_DATE, KIND_DATE },
	[MYSQL_TYPE_DATETIME] = { KIND_DATETIME, KIND_DATETIME },
	[MYSQL_TYPE_TIMESTAMP] = { KIND_DATETIME, KIND_DATETIME },
	[MYSQL_TYPE_TIME] = { KIND_TIME, KIND_TIME },
};

static enum kind kind_of(const MYSQL_FIELD *field)
{
	enum kind kind = kinds[(uint8_t)field->type][field->flags & UNSIGNED_FLAG ? 1 : 0];

	return kind == KIND_NOTHING && field->type != MYSQL_TYPE_NULL ? KIND_TEXT : kind;
}

/* ---- bytes ---- */

static uint16_t take16(const unsigned char **at)
{
	uint16_t v;

	memcpy(&v, *at, sizeof(v));
	*at += sizeof(v);
	return le16toh(v);
}

static uint32_t take32(const unsigned char **at)
{
	uint32_t v;

	memcpy(&v, *at, sizeof(v));
	*at += sizeof(v);
	return le32toh(v);
}

static uint64_t take64(const unsigned char **at)
{
	uint64_t v;

	memcpy(&v, *at, sizeof(v));
	*at += sizeof(v);
	return le64toh(v);
}

static size_t take_long_length(const unsigned char **at, unsigned char first)
{
	size_t n;

	switch (first) {
	case 252:
		return take16(at);
	case 253:
		n = take16(at);
		return n | (size_t)*(*at)++ << 16;
	default:
		return take64(at);
	}
}

static inline size_t take_length(const unsigned char **at)
{
	unsigned char first = *(*at)++;

	return __builtin_expect(first < 251, 1) ? first : take_long_length(at, first);
}

/* ---- values ---- */

/* Room comes in blocks, so that a short text costs no more than its bytes. */
static char *text_room(struct db_reader *reader, size_t n)
{
	char *p;

	if (n > (size_t)(reader->end - reader->at)) {
		if (n > reader->block / 4)
			return arena_alloc(reader->arena, n);
		reader->at = arena_alloc(reader->arena, reader->block);
		reader->end = reader->at + reader->block;
		if (reader->block < LARGEST_BLOCK)
			reader->block *= 2;
	}
	p = reader->at;
	reader->at += n;
	return p;
}

static void decode_text(struct db_reader *reader, struct cell *cell, const unsigned char **at)
{
	size_t n = take_length(at);
	char *copy = text_room(reader, n);

	memcpy(copy, *at, n);
	*at += n;
	cell->type = CELL_TEXT;
	cell->length = (uint32_t)n;
	cell->text = copy;
}

static void decode_bits(struct cell *cell, const unsigned char **at)
{
	size_t n = take_length(at);

	cell->type = CELL_UINT;
	cell->uinteger = 0;
	while (n-- > 0)
		cell->uinteger = cell->uinteger << 8 | *(*at)++;
}

/* The server leaves out what is zero at the end: 0, 4, 7 or 11 bytes. */
static struct cell_time moment(const unsigned char *p, size_t n)
{
	unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, microsecond = 0;

	if (n >= 4) {
		year = take16(&p);
		month = *p++;
		day = *p++;
	}
	if (n >= 7) {
		hour = *p++;
		minute = *p++;
		second = *p++;
	}
	if (n >= 11)
		microsecond = take32(&p);
	return (struct cell_time){
		.year_or_hours = year, .month = month, .day = day,
		.hour = hour, .minute = minute, .second = second, .microsecond = microsecond,
	};
}

/* 0, 8 or 12 bytes: sign, days, hours, minutes, seconds, microseconds. */
static struct cell_time duration(const unsigned char *p, size_t n)
{
	unsigned negative = 0, hours = 0, minute = 0, second = 0, microsecond = 0;

	if (n >= 8) {
		negative = *p++ != 0;
		hours = take32(&p) * 24;
		hours += *p++;
		minute = *p++;
		second = *p++;
	}
	if (n >= 12)
		microsecond = take32(&p);
	return (struct cell_time){
		.year_or_hours = hours, .negative = negative,
		.minute = minute, .second = second, .microsecond = microsecond,
	};
}

static void decode_time(struct cell *cell, enum kind kind, const unsigned char **at)
{
	size_t n = take_length(at);

	cell->type = kind == KIND_DATETIME ? CELL_DATETIME : kind == KIND_DATE ? CELL_DATE : CELL_TIME;
	cell->time = kind == KIND_TIME ? duration(*at, n) : moment(*at, n);
	*at += n;
}

static void set_int(struct cell *cell, int64_t value)
{
	cell->type = CELL_INT;
	cell->integer = value;
}

static void set_uint(struct cell *cell, uint64_t value)
{
	cell->type = CELL_UINT;
	cell->uinteger = value;
}

static double take_float(const unsigned char **at)
{
	uint32_t bits = take32(at);
	float value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static double take_double(const unsigned char **at)
{
	uint64_t bits = take64(at);
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static void decode_value(struct db_reader *reader, struct cell *cell, enum kind kind, const unsigned char **at)
{
	switch (kind) {
	case KIND_INT8:
		set_int(cell, (int8_t)*(*at)++);
		break;
	case KIND_UINT8:
		set_uint(cell, *(*at)++);
		break;
	case KIND_INT16:
		set_int(cell, (int16_t)take16(at));
		break;
	case KIND_UINT16:
		set_uint(cell, take16(at));
		break;
	case KIND_INT32:
		set_int(cell, (int32_t)take32(at));
		break;
	case KIND_UINT32:
		set_uint(cell, take32(at));
		break;
	case KIND_INT64:
		set_int(cell, (int64_t)take64(at));
		break;
	case KIND_UINT64:
		set_uint(cell, take64(at));
		break;
	case KIND_FLOAT:
		cell->type = CELL_DOUBLE;
		cell->real = take_float(at);
		break;
	case KIND_DOUBLE:
		cell->type = CELL_DOUBLE;
		cell->real = take_double(at);
		break;
	case KIND_BITS:
		decode_bits(cell, at);
		break;
	case KIND_DATE:
	case KIND_DATETIME:
	case KIND_TIME:
		decode_time(cell, kind, at);
		break;
	case KIND_TEXT:
		decode_text(reader, cell, at);
		break;
	case KIND_NOTHING:
		*cell = (struct cell){ .type = CELL_NULL };
		break;
	}
}

/* Called by the client library for each column of a row, on a stack of its own. `row` is NULL for a NULL; else *row
 * is where the value begins, to be moved behind it. */
static void decode(void *data, unsigned column, unsigned char **row)
{
	struct db_reader *reader = data;
	struct cell *cell = &reader->cells[reader->count++];
	const unsigned char *at;

	if (!row) {
		*cell = (struct cell){ .type = CELL_NULL };
		return;
	}
	at = *row;
	decode_value(reader, cell, reader->kinds[column], &at);
	*row = (unsigned char *)at;
}

/* ---- results ---- */

static void *grow(void *p, size_t n)
{
	p = realloc(p, n);
	if (!p)
		abort();
	return p;
}

/* Types are looked at anew each time: the server prepares again by itself after an ALTER TABLE. */
static void begin(struct db_reader *reader, MYSQL_STMT *stmt, struct arena *arena)
{
	const MYSQL_FIELD *fields = mariadb_stmt_fetch_fields(stmt);

	reader->columns = mysql_stmt_field_count(stmt);
	if (reader->columns > reader->kind_capacity) {
		reader->kind_capacity = reader->columns;
		reader->kinds = grow(reader->kinds, reader->columns);
	}
	for (unsigned i = 0; i < reader->columns; i++)
		reader->kinds[i] = kind_of(&fields[i]);
	reader->count = 0;
	reader->arena = arena;
	/* An empty text before the first block is empty, not absent. */
	reader->at = reader->end = (char *)"";
	reader->block = FIRST_BLOCK;
}

static void reserve_row(struct db_reader *reader)
{
	if (reader->capacity - reader->count >= reader->columns)
		return;
	reader->capacity = reader->capacity * 2 + reader->columns;
	reader->cells = grow(reader->cells, reader->capacity * sizeof(*reader->cells));
}

static struct rowset *finish(struct db_reader *reader)
{
	struct rowset *rows = arena_alloc(reader->arena, sizeof(*rows));

	rows->columns = reader->columns;
	rows->count = reader->columns ? (unsigned)(reader->count / reader->columns) : 0;
	rows->cells = arena_memdup(reader->arena, reader->cells, reader->count * sizeof(*reader->cells));
	return rows;
}

unsigned db_result_read(struct db *db, MYSQL_STMT *stmt, struct arena *arena, struct rowset **rows_r)
{
	struct db_reader *reader = &db->reader;
	int rc = MYSQL_NO_DATA;

	begin(reader, stmt, arena);
	if (reader->columns) {
		mysql_stmt_attr_set(stmt, STMT_ATTR_CB_USER_DATA, reader);
		mysql_stmt_attr_set(stmt, STMT_ATTR_CB_RESULT, (const void *)decode);
		do {
			reserve_row(reader);
			DB_RUN(db, mysql_stmt_fetch, rc, stmt);
		} while (rc == 0);
	}
	if (rc == MYSQL_NO_DATA)
		*rows_r = finish(reader);
	if (reader->capacity > KEEP_CELLS)
		db_reader_clear(reader);
	if (rc == MYSQL_NO_DATA)
		return 0;
	/* While rows arrive the library notes an error at the connection only. */
	return mysql_errno(db->mysql) ? mysql_errno(db->mysql) : CR_UNKNOWN_ERROR;
}

void db_reader_clear(struct db_reader *reader)
{
	free(reader->kinds);
	free(reader->cells);
	*reader = (struct db_reader){ 0 };
}
