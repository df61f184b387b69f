/* The parts of a shared library that the audit looks at, through libelf, with every offset checked.
 *
 *	struct elf_view view;
 *	if (elf_view_open(&view, image, path, &error) < 0)
 *		return -1;
 *	elf_view_each_symbol(&view, look_at, arg);
 *	elf_view_close(&view);
 */
#ifndef PLUGIN_ELF_VIEW_H
#define PLUGIN_ELF_VIEW_H

#include <gelf.h>

#include "base/error.h"
#include "base/str.h"

struct elf_view {
	Elf *elf;
	struct str image;
	const char *path;		/* for messages */
	Elf_Data *dynamic, *symbols, *note;	/* note: NULL without one */
	Elf_Data *files;		/* SOCLE_EMBED_SECTION; NULL without one */
	size_t dynamic_strings, symbol_strings;	/* sections that hold their names */
	size_t dynamic_count, symbol_count;
};

/* Refuses what is no whole shared library for this machine. */
int elf_view_open(struct elf_view *view, struct str image, const char *path, struct error *error)
	__attribute__((warn_unused_result));
void elf_view_close(struct elf_view *view);

struct elf_symbol {
	const char *name;
	bool undefined, weak, unique;
	uint64_t size;
};

/* False: the table is damaged there. */
bool elf_view_symbol(const struct elf_view *view, size_t index, struct elf_symbol *symbol_r);
bool elf_view_dynamic(const struct elf_view *view, size_t index, GElf_Dyn *entry_r);

/* A text of the dynamic section (DT_NEEDED); NULL when it is damaged. */
const char *elf_view_text(const struct elf_view *view, const GElf_Dyn *entry);

#endif
