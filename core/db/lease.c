#include "db/lease.h"

#include "base/log.h"
#include "db/db.h"
#include "loop/fiber.h"

int lease_prepare(struct db *db, struct error *error)
{
	if (db_command(db, STR("CREATE TABLE IF NOT EXISTS `socle_leases` (`name` varchar(191) NOT NULL, "
			"`holder` varchar(255) NOT NULL, `until` datetime(6) NOT NULL, PRIMARY KEY (`name`)) "
			"ENGINE=InnoDB"), error) == 0)
		return 0;
	return error_prefix(error, "making the table socle_leases: ");
}

/* The row is there before it is fought for: a single UPDATE decides, and who changed it has it. */
static int take(struct db *db, struct str name, struct str holder, unsigned seconds, bool *taken_r,
	struct error *error)
{
	const struct str make = STR("INSERT IGNORE INTO `socle_leases` (`name`, `holder`, `until`) "
		"VALUES (?, '', '1970-01-01')");
	const struct str set = STR("UPDATE `socle_leases` SET `holder` = ?, "
		"`until` = UTC_TIMESTAMP(6) + INTERVAL ? SECOND "
		"WHERE `name` = ? AND (`holder` = ? OR `until` < UTC_TIMESTAMP(6))");
	const struct db_value values[] = {
		db_text(holder), db_uint(seconds), db_text(name), db_text(holder),
	};
	struct db_result result = { 0, 0 };

	if (db_execute(db, make, &values[2], 1, NULL, error) < 0 ||
		db_execute(db, set, values, 4, &result, error) < 0)
		return -1;
	*taken_r = result.affected > 0;
	return 0;
}

int lease_take(struct db *db, struct str name, struct str holder, unsigned seconds, bool *taken_r,
	struct error *error)
{
	*taken_r = false;
	if (take(db, name, holder, seconds, taken_r, error) == 0)
		return 0;
	if (error->kind != ERROR_CONFLICT)
		return -1;
	/* Another node was first. */
	error_clear(error);
	return 0;
}

void lease_release(struct db *db, struct str name, struct str holder)
{
	const struct db_value values[] = { db_text(name), db_text(holder) };
	struct error error = ERROR_INIT;

	fiber_shield(true);
	if (db_execute(db, STR("UPDATE `socle_leases` SET `until` = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND "
			"WHERE `name` = ? AND `holder` = ?"), values, 2, NULL, &error) < 0)
		log_warn("db", "lease \"%.*s\" runs out by itself: %s", STR_ARG(name), error_message(&error));
	fiber_shield(false);
	error_clear(&error);
}
