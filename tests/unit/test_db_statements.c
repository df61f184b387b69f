#include "database.h"

#include <mysqld_error.h>

static struct db_pool_stats stats(struct database *d)
{
	return db_pool_stats(d->pool);
}

static unsigned prepared_on_server(struct database *d, struct db *db)
{
	return (unsigned)query_int(d, db, "SELECT CAST(VARIABLE_VALUE AS SIGNED) FROM information_schema.SESSION_STATUS"
		" WHERE VARIABLE_NAME = 'COM_STMT_PREPARE'");
}

TEST(a_statement_is_prepared_once_for_its_text)
{
	struct db *db = acquire(d);

	for (int i = 0; i < 5; i++) {
		char sql[] = "SELECT 1 + ?";	/* the text counts, not its address */
		struct db_value value = db_int(i);

		assert_int_equal(query_values(d, db, sql, &value, 1), 0);
		assert_int_equal(cell_integer(d->rows->cells), i + 1);
	}
	assert_int_equal(stats(d).prepared, 1);
	assert_int_equal(stats(d).executed, 5);
	db_release(db);
}

TEST(the_least_recently_used_statement_is_given_up)
{
	struct db *db;

	d->options.statement_cache = 3;
	db = acquire(d);
	query(d, db, "SELECT 1");
	query(d, db, "SELECT 2");
	query(d, db, "SELECT 3");
	query(d, db, "SELECT 1");
	query(d, db, "SELECT 4");	/* instead of 2 */
	assert_int_equal(stats(d).prepared, 4);
	query(d, db, "SELECT 1");
	query(d, db, "SELECT 3");
	query(d, db, "SELECT 4");
	assert_int_equal(stats(d).prepared, 4);
	query(d, db, "SELECT 2");
	assert_int_equal(stats(d).prepared, 5);
	assert_int_equal(prepared_on_server(d, db), 6);
	db_release(db);
}

TEST(texts_of_any_length_are_told_apart)
{
	struct db *db = acquire(d);

	for (int round = 0; round < 2; round++) {
		for (int i = 10; i < 60; i++) {
			char sql[128];

			snprintf(sql, sizeof(sql), "SELECT %.*s + %d", i - 8, "1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1", i);
			if (i % 2)
				assert_int_equal(query_int(d, db, sql), (i - 8 + 1) / 2 + i);
		}
	}
	assert_int_equal(stats(d).prepared, 25);
	db_release(db);
}

TEST(a_table_may_change_between_two_runs)
{
	struct db *db = acquire(d);
	const char *sql = "SELECT * FROM test_alter";

	command(d, db, "CREATE OR REPLACE TABLE test_alter (a INT, b VARCHAR(20))");
	command(d, db, "INSERT INTO test_alter VALUES (1, '2')");
	assert_int_equal(query(d, db, sql)[1].type, CELL_TEXT);
	command(d, db, "ALTER TABLE test_alter MODIFY b BIGINT");
	assert_int_equal(query(d, db, sql)[1].type, CELL_INT);
	command(d, db, "ALTER TABLE test_alter ADD COLUMN c DOUBLE DEFAULT 0.5");
	assert_true(query(d, db, sql)[2].real == 0.5);
	assert_int_equal(d->rows->columns, 3);
	command(d, db, "ALTER TABLE test_alter DROP COLUMN a");
	assert_int_equal(query(d, db, sql)[0].integer, 2);
	assert_int_equal(d->rows->columns, 2);
	command(d, db, "DROP TABLE test_alter");
	assert_int_equal(query_values(d, db, sql, NULL, 0), -1);
	assert_int_equal(db_error_code(db), ER_NO_SUCH_TABLE);
	assert_int_equal(d->error.kind, ERROR_STALE);
	error_clear(&d->error);
	assert_int_equal(query_int(d, db, "SELECT 7"), 7);
	assert_int_equal(db_error_code(db), 0);
	db_release(db);
}

TEST(execute_tells_matched_rows_and_the_new_id)
{
	struct db *db = acquire(d);
	struct db_value values[] = { db_text(STR("a")), db_text(STR("b")) };
	struct db_result result;

	command(d, db, "CREATE OR REPLACE TABLE test_execute (id INT PRIMARY KEY AUTO_INCREMENT, t VARCHAR(9))");
	assert_int_equal(db_execute(db, STR("INSERT INTO test_execute (t) VALUES (?), (?)"), values, 2, &result,
		&d->error), 0);
	assert_int_equal(result.affected, 2);
	assert_int_equal(result.insert_id, 1);
	assert_int_equal(db_execute(db, STR("UPDATE test_execute SET t = ?"), values, 1, &result, &d->error), 0);
	assert_int_equal(result.affected, 2);
	assert_int_equal(db_execute(db, STR("DELETE FROM test_execute WHERE t = ?"), values + 1, 1, &result,
		&d->error), 0);
	assert_int_equal(result.affected, 0);
	/* Rows that nobody asked for are thrown away. */
	assert_int_equal(db_execute(db, STR("SELECT * FROM test_execute"), NULL, 0, NULL, &d->error), 0);
	assert_int_equal(query_int(d, db, "SELECT COUNT(*) FROM test_execute"), 2);
	command(d, db, "SELECT * FROM test_execute");
	command(d, db, "DROP TABLE test_execute");
	db_release(db);
}

TEST(errors_name_mariadbs_number_and_leave_the_connection_in_order)
{
	struct db *db = acquire(d);
	int64_t id = connection_id(d, db);

	assert_int_equal(query_values(d, db, "SELEKT 1", NULL, 0), -1);
	assert_int_equal(d->error.kind, ERROR_INTERNAL);
	assert_int_equal(db_error_code(db), ER_PARSE_ERROR);
	assert_non_null(strstr(error_message(&d->error), "1064"));
	assert_int_equal(query_values(d, db, "SELECT ?", NULL, 0), -1);
	assert_non_null(strstr(error_message(&d->error), "0 values for a statement that takes 1: SELECT ?"));
	assert_int_equal(db_command(db, STR("SELEKT 1"), &d->error), -1);
	assert_int_equal(query_values(d, db, "SELECT (SELECT seq FROM seq_1_to_2)", NULL, 0), -1);
	assert_int_equal(db_error_code(db), ER_SUBQUERY_NO_1_ROW);
	assert_int_equal(connection_id(d, db), id);
	error_clear(&d->error);
	db_release(db);
}

TEST(an_error_in_the_middle_of_the_rows_is_an_error)
{
	struct db *db = acquire(d);

	assert_int_equal(query_values(d, db, "SELECT seq, REPEAT('x', 1000),"
		" IF(seq = 900, (SELECT 1 UNION SELECT 2), 1) FROM seq_1_to_1000", NULL, 0), -1);
	assert_int_equal(db_error_code(db), ER_SUBQUERY_NO_1_ROW);
	error_clear(&d->error);
	assert_int_equal(query_int(d, db, "SELECT 5"), 5);
	db_release(db);
}

TEST(a_procedure_with_several_results_is_refused)
{
	struct db *db = acquire(d);

	command(d, db, "CREATE OR REPLACE PROCEDURE test_procedure() BEGIN SELECT 1; SELECT 2; END");
	assert_int_equal(query_values(d, db, "CALL test_procedure()", NULL, 0), -1);
	error_clear(&d->error);
	assert_int_equal(query_int(d, db, "SELECT 6"), 6);
	command(d, db, "DROP PROCEDURE test_procedure");
	db_release(db);
}

TEST(a_statement_that_takes_too_long_is_stopped_by_the_server)
{
	struct db *db;
	int64_t id;

	d->options.statement_timeout_ms = 200;
	db = acquire(d);
	id = connection_id(d, db);
	assert_int_equal(query_values(d, db, "SELECT SLEEP(3) FROM seq_1_to_3", NULL, 0), -1);
	assert_int_equal(d->error.kind, ERROR_TIMEOUT);
	assert_int_equal(connection_id(d, db), id);
	error_clear(&d->error);
	db_release(db);
}

TEST(a_server_without_room_for_statements_gets_fewer_of_them)
{
	struct db *db = acquire(d), *other = acquire(d);
	int64_t limit = query_int(d, db, "SELECT @@max_prepared_stmt_count");
	char sql[64];

	command(d, other, "SET GLOBAL max_prepared_stmt_count = 8");
	for (int i = 0; i < 40; i++) {
		snprintf(sql, sizeof(sql), "SELECT %d", i);
		assert_int_equal(query_int(d, db, sql), i);
	}
	command(d, other, "SET GLOBAL max_prepared_stmt_count = 0");
	assert_int_equal(query_values(d, db, "SELECT 100", NULL, 0), -1);
	assert_int_equal(d->error.kind, ERROR_UNAVAILABLE);
	assert_int_equal(db_error_code(db), ER_MAX_PREPARED_STMT_COUNT_REACHED);
	error_clear(&d->error);
	snprintf(sql, sizeof(sql), "SET GLOBAL max_prepared_stmt_count = %lld", (long long)limit);
	command(d, other, sql);
	assert_int_equal(query_int(d, db, "SELECT 100"), 100);
	db_release(other);
	db_release(db);
}

TEST(list_sizes_are_powers_of_two_up_to_128)
{
	assert_int_equal(db_list_size(0), 1);
	assert_int_equal(db_list_size(1), 1);
	assert_int_equal(db_list_size(3), 4);
	assert_int_equal(db_list_size(64), 64);
	assert_int_equal(db_list_size(65), 128);
	assert_int_equal(db_list_size(1000), 128);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST(a_statement_is_prepared_once_for_its_text),
		DATABASE_TEST(the_least_recently_used_statement_is_given_up),
		DATABASE_TEST(texts_of_any_length_are_told_apart),
		DATABASE_TEST(a_table_may_change_between_two_runs),
		DATABASE_TEST(execute_tells_matched_rows_and_the_new_id),
		DATABASE_TEST(errors_name_mariadbs_number_and_leave_the_connection_in_order),
		DATABASE_TEST(an_error_in_the_middle_of_the_rows_is_an_error),
		DATABASE_TEST(a_procedure_with_several_results_is_refused),
		DATABASE_TEST(a_statement_that_takes_too_long_is_stopped_by_the_server),
		DATABASE_TEST(a_server_without_room_for_statements_gets_fewer_of_them),
		DATABASE_TEST(list_sizes_are_powers_of_two_up_to_128),
	};

	return cmocka_run_group_tests_name("database statements", tests, NULL, NULL);
}
