/* The program `socle`: everything is in the library. */
#include <socle/host.h>

int main(int argc, char **argv)
{
	return socle_main(argc, argv);
}
