#include "db/errors.h"

#include <errmsg.h>
#include <mysqld_error.h>
#include <stddef.h>
#include <stdlib.h>

/* By number. A lock wait that timed out undoes only its statement on the server, but half a transaction is
 * nothing that anybody wants to commit. */
static const struct db_failure failures[] = {
	{ ER_CHECKREAD, ERROR_CONFLICT, .rolled_back = true },
	{ ER_CON_COUNT_ERROR, ERROR_UNAVAILABLE, .lost = true },
	{ ER_DBACCESS_DENIED_ERROR, ERROR_CONFIG },
	{ ER_ACCESS_DENIED_ERROR, ERROR_CONFIG },
	{ ER_UNKNOWN_COM_ERROR, ERROR_UNAVAILABLE, .lost = true },	/* a Galera node without its cluster */
	{ ER_BAD_DB_ERROR, ERROR_CONFIG },
	{ ER_SERVER_SHUTDOWN, ERROR_UNAVAILABLE, .lost = true },
	{ ER_BAD_FIELD_ERROR, ERROR_STALE },
	{ ER_HOST_IS_BLOCKED, ERROR_UNAVAILABLE, .lost = true },
	{ ER_HOST_NOT_PRIVILEGED, ERROR_CONFIG },
	{ ER_NO_SUCH_TABLE, ERROR_STALE },
	{ ER_ABORTING_CONNECTION, ERROR_UNAVAILABLE, .lost = true },
	{ ER_NET_PACKET_TOO_LARGE, ERROR_INTERNAL, .lost = true },
	{ ER_NET_READ_ERROR, ERROR_UNAVAILABLE, .lost = true },
	{ ER_NET_READ_INTERRUPTED, ERROR_UNAVAILABLE, .lost = true },
	{ ER_NET_ERROR_ON_WRITE, ERROR_UNAVAILABLE, .lost = true },
	{ ER_NET_WRITE_INTERRUPTED, ERROR_UNAVAILABLE, .lost = true },
	{ ER_ERROR_DURING_COMMIT, ERROR_CONFLICT, .rolled_back = true },
	{ ER_NEW_ABORTING_CONNECTION, ERROR_UNAVAILABLE, .lost = true },
	{ ER_TOO_MANY_USER_CONNECTIONS, ERROR_UNAVAILABLE, .lost = true },
	{ ER_LOCK_WAIT_TIMEOUT, ERROR_CONFLICT, .rolled_back = true },
	{ ER_LOCK_DEADLOCK, ERROR_CONFLICT, .rolled_back = true },
	{ ER_USER_LIMIT_REACHED, ERROR_UNAVAILABLE, .lost = true },
	/* Read-only: a primary that was demoted. A new connection finds its successor. */
	{ ER_OPTION_PREVENTS_STATEMENT, ERROR_UNAVAILABLE, .lost = true },
	{ ER_QUERY_INTERRUPTED, ERROR_UNAVAILABLE },
	{ ER_MAX_PREPARED_STMT_COUNT_REACHED, ERROR_UNAVAILABLE },
	{ ER_XA_RBTIMEOUT, ERROR_CONFLICT, .rolled_back = true },
	{ ER_XA_RBDEADLOCK, ERROR_CONFLICT, .rolled_back = true },
	{ ER_ACCESS_DENIED_NO_PASSWORD_ERROR, ERROR_CONFIG },
	{ ER_READ_ONLY_MODE, ERROR_UNAVAILABLE, .lost = true },
	{ ER_CONNECTION_KILLED, ERROR_UNAVAILABLE, .lost = true },
	{ ER_STATEMENT_TIMEOUT, ERROR_TIMEOUT },
	{ CR_SOCKET_CREATE_ERROR, ERROR_UNAVAILABLE, .lost = true },
	{ CR_CONNECTION_ERROR, ERROR_UNAVAILABLE, .lost = true },
	{ CR_CONN_HOST_ERROR, ERROR_UNAVAILABLE, .lost = true },
	{ CR_IPSOCK_ERROR, ERROR_UNAVAILABLE, .lost = true },
	{ CR_UNKNOWN_HOST, ERROR_UNAVAILABLE, .lost = true },
	{ CR_SERVER_GONE_ERROR, ERROR_UNAVAILABLE, .lost = true },
	{ CR_OUT_OF_MEMORY, ERROR_UNAVAILABLE, .lost = true },
	{ CR_SERVER_HANDSHAKE_ERR, ERROR_UNAVAILABLE, .lost = true },
	{ CR_SERVER_LOST, ERROR_UNAVAILABLE, .lost = true },
	{ CR_COMMANDS_OUT_OF_SYNC, ERROR_INTERNAL, .lost = true },
	{ CR_NET_PACKET_TOO_LARGE, ERROR_INTERNAL, .lost = true },
	{ CR_MALFORMED_PACKET, ERROR_INTERNAL, .lost = true },
	{ CR_SERVER_LOST_EXTENDED, ERROR_UNAVAILABLE, .lost = true },
	{ CR_STMT_CLOSED, ERROR_UNAVAILABLE, .lost = true },
	{ CR_AUTH_PLUGIN_CANNOT_LOAD, ERROR_CONFIG, .lost = true },
	{ CR_ERR_NET_READ, ERROR_UNAVAILABLE, .lost = true },
	{ CR_ERR_NET_WRITE, ERROR_UNAVAILABLE, .lost = true },
};

static int compare(const void *key, const void *element)
{
	unsigned code = *(const unsigned *)key, other = ((const struct db_failure *)element)->code;

	return code < other ? -1 : code > other;
}

const struct db_failure *db_errors_find(unsigned code)
{
	static const struct db_failure other = { 0, ERROR_INTERNAL, false, false };
	const struct db_failure *found = bsearch(&code, failures, sizeof(failures) / sizeof(failures[0]),
		sizeof(failures[0]), compare);

	return found ? found : &other;
}
