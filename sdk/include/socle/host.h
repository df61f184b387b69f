/* The host as a library: what the program `socle` calls, and what another program could. */
#ifndef SOCLE_HOST_H
#define SOCLE_HOST_H

#include <socle/version.h>

SOCLE_C_BEGIN

/* Runs a command line of the program `socle`, "start" among them, and returns its exit status. Call it from
 * main(), before any thread is started: it forks.
 *
 *	int main(int argc, char **argv)
 *	{
 *		return socle_main(argc, argv);
 *	}
 */
SOCLE_API int socle_main(int argc, char **argv);

SOCLE_C_END

#endif
