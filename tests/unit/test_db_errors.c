#include "unit.h"

#include <errmsg.h>
#include <mysqld_error.h>

#include "db/errors.h"

static void conflicts_end_the_transaction_and_keep_the_connection(void **state)
{
	static const unsigned codes[] = { ER_LOCK_DEADLOCK, ER_LOCK_WAIT_TIMEOUT, ER_CHECKREAD, ER_ERROR_DURING_COMMIT };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		const struct db_failure *failure = db_errors_find(codes[i]);

		assert_int_equal(failure->code, codes[i]);
		assert_int_equal(failure->kind, ERROR_CONFLICT);
		assert_true(failure->rolled_back);
		assert_false(failure->lost);
	}
}

static void a_server_that_goes_away_takes_the_connection_with_it(void **state)
{
	static const unsigned codes[] = {
		ER_CON_COUNT_ERROR, ER_UNKNOWN_COM_ERROR, ER_SERVER_SHUTDOWN, ER_CONNECTION_KILLED, ER_READ_ONLY_MODE,
		ER_OPTION_PREVENTS_STATEMENT, CR_CONNECTION_ERROR, CR_CONN_HOST_ERROR, CR_SERVER_GONE_ERROR,
		CR_SERVER_LOST, CR_SERVER_LOST_EXTENDED, CR_ERR_NET_WRITE,
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		const struct db_failure *failure = db_errors_find(codes[i]);

		assert_int_equal(failure->code, codes[i]);
		assert_int_equal(failure->kind, ERROR_UNAVAILABLE);
		assert_true(failure->lost);
	}
}

static void a_wrong_password_is_the_operators_matter(void **state)
{
	assert_int_equal(db_errors_find(ER_ACCESS_DENIED_ERROR)->kind, ERROR_CONFIG);
	assert_int_equal(db_errors_find(ER_BAD_DB_ERROR)->kind, ERROR_CONFIG);
}

static void a_missing_table_or_column_makes_a_type_stale(void **state)
{
	assert_int_equal(db_errors_find(ER_NO_SUCH_TABLE)->kind, ERROR_STALE);
	assert_int_equal(db_errors_find(ER_BAD_FIELD_ERROR)->kind, ERROR_STALE);
}

static void everything_else_is_internal_and_harmless(void **state)
{
	static const unsigned codes[] = { 0, 1, ER_DUP_ENTRY, ER_PARSE_ERROR, 4294967295u };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		const struct db_failure *failure = db_errors_find(codes[i]);

		assert_int_equal(failure->kind, ERROR_INTERNAL);
		assert_false(failure->lost || failure->rolled_back);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conflicts_end_the_transaction_and_keep_the_connection),
		cmocka_unit_test(a_server_that_goes_away_takes_the_connection_with_it),
		cmocka_unit_test(a_wrong_password_is_the_operators_matter),
		cmocka_unit_test(a_missing_table_or_column_makes_a_type_stale),
		cmocka_unit_test(everything_else_is_internal_and_harmless),
	};

	return cmocka_run_group_tests_name("database errors", tests, NULL, NULL);
}
