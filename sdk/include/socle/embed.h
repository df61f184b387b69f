/* The single-file form: what a plugin's folder holds beside the library, inside of the library.
 *
 * One file of the library names the others, by their paths as the compiler sees them (`socle plugin build` compiles in the plugin's
 * folder):
 *
 *	SOCLE_MANIFEST("plugin.toml")
 *	SOCLE_SCHEMA("content-types/article.toml")
 *	SOCLE_SCHEMA("components/shared.seo.toml")
 *
 * Then the .so alone, dropped into the host's plugin folder, is the whole plugin. The host reads the texts from the file before any of its
 * code can run. In a folder that has a plugin.toml the files beside it count, and what is embedded does not. At the most 256 files, of
 * 1 MiB each.
 */
#ifndef SOCLE_EMBED_H
#define SOCLE_EMBED_H

#include <socle/version.h>

#define SOCLE_EMBED_SECTION ".socle.files"

/* An entry: the sizes of name and text, as 32-bit numbers, then both, padded to four bytes. */
#define SOCLE_EMBED(name, file)                                                                                \
	__asm__(".pushsection " SOCLE_EMBED_SECTION ",\"\",%progbits\n"                                        \
		".balign 4\n"                                                                                  \
		".long 881f-880f, 882f-881f\n"                                                                 \
		"880: .ascii \"" name "\"\n"                                                                   \
		"881: .incbin \"" file "\"\n"                                                                  \
		"882: .balign 4\n"                                                                             \
		".popsection\n");

/* Puts the manifest in: once per library, outside of any function.
 *
 *	SOCLE_MANIFEST("plugin.toml")
 */
#define SOCLE_MANIFEST(file) SOCLE_EMBED("plugin.toml", file)

/* Puts a schema in, under the name that it would have in the folder: content-types/<type>.toml or .json,
 * content-types/<type>/schema.json, components/<category>.<name>.toml, components/<category>/<name>.json,
 * api/<api>/content-types/<type>/schema.json.
 *
 *	SOCLE_SCHEMA("content-types/article.toml")
 */
#define SOCLE_SCHEMA(file) SOCLE_EMBED(file, file)

#endif
