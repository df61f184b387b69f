#include "database.h"

#include <float.h>

static const struct cell *round_trip(struct database *d, struct db *db, struct db_value value)
{
	if (query_values(d, db, "SELECT ?", &value, 1) < 0)
		fail_msg("%s", error_message(&d->error));
	return d->rows->cells;
}

TEST(every_column_type_comes_as_its_cell_type)
{
	static const enum cell_type types[] = {
		CELL_INT, CELL_UINT, CELL_INT, CELL_UINT, CELL_INT, CELL_UINT, CELL_INT, CELL_UINT, CELL_INT, CELL_UINT,
		CELL_UINT, CELL_UINT, CELL_DOUBLE, CELL_DOUBLE, CELL_TEXT, CELL_TEXT, CELL_TEXT, CELL_TEXT, CELL_TEXT,
		CELL_TEXT, CELL_TEXT, CELL_TEXT, CELL_DATE, CELL_TIME, CELL_DATETIME, CELL_DATETIME,
	};
	struct db *db = acquire(d);
	const struct cell *cell;

	command(d, db, "CREATE OR REPLACE TABLE test_types (a TINYINT, b TINYINT UNSIGNED, c SMALLINT,"
		" d SMALLINT UNSIGNED, e MEDIUMINT, f MEDIUMINT UNSIGNED, g INT, h INT UNSIGNED, i BIGINT,"
		" j BIGINT UNSIGNED, k YEAR, l BIT(12), m FLOAT, n DOUBLE, o DECIMAL(30,10), p CHAR(5), q VARCHAR(255),"
		" r TEXT, s LONGTEXT, t BLOB, u JSON, v ENUM('x','y'), w DATE, x TIME(3), y DATETIME(6), z TIMESTAMP(3))");
	command(d, db, "INSERT INTO test_types VALUES (-128, 255, -32768, 65535, -8388608, 16777215, -2147483648,"
		" 4294967295, -9223372036854775808, 18446744073709551615, 2024, b'101000000001', 1.5, -0.1,"
		" -12345678901234567890.0123456789, 'abc', 'größe', 'text', 'long', X'00FF', '{\"a\": 1}', 'y', '2024-02-29',"
		" '-838:59:58.999', '9999-12-31 23:59:59.999999', '2024-01-02 03:04:05.678')");
	cell = query(d, db, "SELECT * FROM test_types");
	assert_int_equal(d->rows->columns, sizeof(types) / sizeof(types[0]));
	for (unsigned i = 0; i < d->rows->columns; i++)
		assert_int_equal(cell[i].type, types[i]);
	assert_int_equal(cell[0].integer, -128);
	assert_int_equal(cell[1].uinteger, 255);
	assert_int_equal(cell[2].integer, -32768);
	assert_int_equal(cell[3].uinteger, 65535);
	assert_int_equal(cell[4].integer, -8388608);
	assert_int_equal(cell[5].uinteger, 16777215);
	assert_int_equal(cell[6].integer, INT32_MIN);
	assert_int_equal(cell[7].uinteger, UINT32_MAX);
	assert_int_equal(cell[8].integer, INT64_MIN);
	assert_true(cell[9].uinteger == UINT64_MAX);
	assert_int_equal(cell[10].uinteger, 2024);
	assert_int_equal(cell[11].uinteger, 0xA01);
	assert_true(cell[12].real == 1.5);
	assert_true(cell[13].real == -0.1);
	assert_str(cell_text(&cell[14]), "-12345678901234567890.0123456789");
	assert_str(cell_text(&cell[15]), "abc");
	assert_str(cell_text(&cell[16]), "größe");
	assert_true(str_is(cell_text(&cell[19]), "\0\xff"));
	assert_str(cell_text(&cell[20]), "{\"a\": 1}");
	assert_str(cell_text(&cell[21]), "y");
	assert_int_equal(cell[22].time.year_or_hours, 2024);
	assert_int_equal(cell[22].time.month, 2);
	assert_int_equal(cell[22].time.day, 29);
	assert_int_equal(cell[23].time.year_or_hours, 838);
	assert_int_equal(cell[23].time.minute, 59);
	assert_int_equal(cell[23].time.second, 58);
	assert_int_equal(cell[23].time.microsecond, 999000);
	assert_true(cell[23].time.negative);
	assert_int_equal(cell[24].time.year_or_hours, 9999);
	assert_int_equal(cell[24].time.month, 12);
	assert_int_equal(cell[24].time.hour, 23);
	assert_int_equal(cell[24].time.microsecond, 999999);
	assert_int_equal(cell[25].time.second, 5);
	assert_int_equal(cell[25].time.microsecond, 678000);
	command(d, db, "DROP TABLE test_types");
	db_release(db);
}

TEST(a_null_in_every_column_is_a_null_cell)
{
	struct db *db = acquire(d);
	const struct cell *cell;

	command(d, db, "CREATE OR REPLACE TABLE test_nulls (a INT, b DOUBLE, c TEXT, d DATETIME(3), e TIME, f JSON,"
		" g DECIMAL(9,2), h BIGINT UNSIGNED, i DATE, j BIT(3))");
	command(d, db, "INSERT INTO test_nulls () VALUES (), ()");
	cell = query(d, db, "SELECT * FROM test_nulls");
	assert_int_equal(d->rows->count, 2);
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(cell[i].type, CELL_NULL);
	command(d, db, "DROP TABLE test_nulls");
	db_release(db);
}

TEST(integers_keep_their_extremes_as_parameters)
{
	struct db *db = acquire(d);
	const struct cell *cell;

	assert_int_equal(round_trip(d, db, db_int(INT64_MIN))->integer, INT64_MIN);
	cell = round_trip(d, db, db_uint(UINT64_MAX));
	assert_int_equal(cell->type, CELL_UINT);
	assert_true(cell->uinteger == UINT64_MAX);
	assert_int_equal(round_trip(d, db, db_null())->type, CELL_NULL);
	db_release(db);
}

TEST(doubles_keep_every_bit)
{
	static const double values[] = { 0.1, DBL_MAX, -DBL_MAX, DBL_MIN, DBL_EPSILON, 4.9e-324, 1e22, 1.0 / 3 };
	struct db *db = acquire(d);

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const struct cell *cell = round_trip(d, db, db_double(values[i]));

		assert_int_equal(cell->type, CELL_DOUBLE);
		assert_memory_equal(&cell->real, &values[i], sizeof(double));
	}
	db_release(db);
}

TEST(text_keeps_quotes_backslashes_and_what_looks_like_sql)
{
	static const char *const texts[] = {
		"", "'", "\"", "\\", "\\'", "' OR 1=1 -- ", "a\\0b", "%_", "line\nbreak\r\t", "?", "😀 größe ﷽", "`x`; DROP",
	};
	struct db *db = acquire(d);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct cell *cell = round_trip(d, db, db_text(str_of(texts[i])));

		assert_int_equal(cell->type, CELL_TEXT);
		assert_str(cell_text(cell), texts[i]);
	}
	assert_true(str_is(cell_text(round_trip(d, db, db_text(STR("a\0b")))), "a\0b"));
	assert_false(str_is_null(cell_text(round_trip(d, db, db_text(STR_NULL)))));
	db_release(db);
}

TEST(zero_times_and_dates_come_whole)
{
	struct db *db = acquire(d);
	const struct cell *cell = query(d, db, "SELECT CAST('00:00:00' AS TIME), CAST('2024-01-02' AS DATETIME),"
		" CAST('2024-01-02 03:04:05' AS DATETIME), CAST('-00:00:00.5' AS TIME(1)), CAST('26:00:00' AS TIME)");

	assert_int_equal(cell[0].type, CELL_TIME);
	assert_int_equal(cell[0].time.second, 0);
	assert_int_equal(cell[1].type, CELL_DATETIME);
	assert_int_equal(cell[1].time.day, 2);
	assert_int_equal(cell[1].time.hour, 0);
	assert_int_equal(cell[2].time.second, 5);
	assert_int_equal(cell[2].time.microsecond, 0);
	assert_true(cell[3].time.negative);
	assert_int_equal(cell[3].time.microsecond, 500000);
	assert_int_equal(cell[4].time.year_or_hours, 26);
	db_release(db);
}

/* One packet holds 16 MiB less one byte: this takes several, both ways. */
TEST(a_text_larger_than_a_packet_comes_whole)
{
	enum { SIZE = 17 << 20 };
	struct db *db = acquire(d);
	char *text = malloc(SIZE);
	const struct cell *cell;

	command(d, db, "SET GLOBAL max_allowed_packet = 67108864");
	db_release(db);
	db_pool_free(d->pool);
	d->pool = NULL;
	db = acquire(d);
	for (size_t i = 0; i < SIZE; i++)
		text[i] = (char)('a' + i % 26);
	cell = round_trip(d, db, db_text((struct str){ text, SIZE }));
	assert_int_equal(cell->length, SIZE);
	assert_memory_equal(cell->text, text, SIZE);
	free(text);
	db_release(db);
}

TEST(rows_lie_one_behind_the_other_however_many)
{
	struct db *db = acquire(d);
	struct db_value limit = db_int(100000);

	assert_int_equal(query_values(d, db, "SELECT seq, CONCAT('row ', seq), NULL FROM seq_1_to_100000 LIMIT ?",
		&limit, 1), 0);
	assert_int_equal(d->rows->count, 100000);
	assert_int_equal(d->rows->columns, 3);
	for (unsigned i = 0; i < d->rows->count; i++) {
		const struct cell *row = rowset_row(d->rows, i);
		char expected[32];

		snprintf(expected, sizeof(expected), "row %u", i + 1);
		assert_int_equal(cell_integer(&row[0]), i + 1);
		assert_str(cell_text(&row[1]), expected);
		assert_int_equal(row[2].type, CELL_NULL);
	}
	db_release(db);
}

TEST(no_rows_are_an_empty_rowset)
{
	struct db *db = acquire(d);

	query(d, db, "SELECT 1 AS a, 'x' AS b FROM DUAL WHERE 1 = 0");
	assert_int_equal(d->rows->count, 0);
	assert_int_equal(d->rows->columns, 2);
	query(d, db, "DO 1");
	assert_int_equal(d->rows->count, 0);
	assert_int_equal(d->rows->columns, 0);
	db_release(db);
}

TEST(hundreds_of_columns_and_parameters_are_no_matter)
{
	enum { COUNT = 700 };
	struct db *db = acquire(d);
	struct db_value values[COUNT];
	char sql[8 + COUNT * 3];
	size_t n = (size_t)sprintf(sql, "SELECT ?");

	for (unsigned i = 0; i < COUNT; i++) {
		values[i] = i % 3 == 0 ? db_null() : db_int(i);
		if (i)
			n += (size_t)sprintf(sql + n, ", ?");
	}
	assert_int_equal(query_values(d, db, sql, values, COUNT), 0);
	assert_int_equal(d->rows->columns, COUNT);
	for (unsigned i = 0; i < COUNT; i++)
		assert_int_equal(cell_integer(&d->rows->cells[i]), i % 3 == 0 ? 0 : i);
	db_release(db);
}

TEST(the_session_speaks_utc_and_utf8mb4)
{
	struct db *db = acquire(d);
	const struct cell *cell = query(d, db, "SELECT @@time_zone, @@character_set_client, @@character_set_results,"
		" @@max_statement_time, @@sql_mode = @@global.sql_mode");

	assert_str(cell_text(&cell[0]), "+00:00");
	assert_str(cell_text(&cell[1]), "utf8mb4");
	assert_str(cell_text(&cell[2]), "utf8mb4");
	assert_true(cell[3].real == 30.0 || str_is(cell_text(&cell[3]), "30.000000"));
	assert_int_equal(cell_integer(&cell[4]), 1);
	db_release(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST(every_column_type_comes_as_its_cell_type),
		DATABASE_TEST(a_null_in_every_column_is_a_null_cell),
		DATABASE_TEST(integers_keep_their_extremes_as_parameters),
		DATABASE_TEST(doubles_keep_every_bit),
		DATABASE_TEST(text_keeps_quotes_backslashes_and_what_looks_like_sql),
		DATABASE_TEST(zero_times_and_dates_come_whole),
		DATABASE_TEST(a_text_larger_than_a_packet_comes_whole),
		DATABASE_TEST(rows_lie_one_behind_the_other_however_many),
		DATABASE_TEST(no_rows_are_an_empty_rowset),
		DATABASE_TEST(hundreds_of_columns_and_parameters_are_no_matter),
		DATABASE_TEST(the_session_speaks_utc_and_utf8mb4),
	};

	return cmocka_run_group_tests_name("database values", tests, NULL, NULL);
}
