#include "plugin/elf_view.h"

#include <socle/embed.h>
#include <socle/plugin.h>

#if defined(__x86_64__)
#define OUR_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OUR_MACHINE EM_AARCH64
#elif defined(__i386__)
#define OUR_MACHINE EM_386
#elif defined(__arm__)
#define OUR_MACHINE EM_ARM
#elif defined(__riscv)
#define OUR_MACHINE EM_RISCV
#else
#error "say which ELF machine this is"
#endif

#define OUR_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)
#define OUR_DATA (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB)

static int damaged(const struct elf_view *view, struct error *error, const char *what)
{
	return error_set(error, ERROR_CONFIG,
		"%s: damaged or only half there (%s); build it again, or wait until it is copied",
		view->path, what);
}

static int check_header(struct elf_view *view, struct error *error)
{
	GElf_Ehdr header;

	if (elf_kind(view->elf) != ELF_K_ELF || !gelf_getehdr(view->elf, &header)) {
		/* libelf takes no file whose section headers lie behind its end. */
		if (str_starts(view->image, STR(ELFMAG)))
			return damaged(view, error, "its headers lie behind its end");
		return error_set(error, ERROR_CONFIG, "%s: is no shared library (no ELF file)%s", view->path,
			view->image.n ? "" : ": it is empty");
	}
	if (header.e_ident[EI_CLASS] != OUR_CLASS || header.e_ident[EI_DATA] != OUR_DATA ||
			header.e_machine != OUR_MACHINE) {
		return error_set(error, ERROR_CONFIG,
			"%s: is built for another machine (ELF machine %u, this one is %u)", view->path,
			header.e_machine, OUR_MACHINE);
	}
	if (header.e_type != ET_DYN)
		return error_set(
			error, ERROR_CONFIG, "%s: is no shared library; link it with -shared", view->path);
	return 0;
}

static bool fits(const struct elf_view *view, uint64_t offset, uint64_t size)
{
	return offset <= view->image.n && size <= view->image.n - offset;
}

/* The loader maps segments without looking at the file's length: what it would touch has to be there. */
static int check_segments(struct elf_view *view, struct error *error)
{
	size_t count;
	bool dynamic = false, load = false;

	if (elf_getphdrnum(view->elf, &count) != 0)
		return damaged(view, error, "no program headers");
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(view->elf, (int)i, &segment))
			return damaged(view, error, "a program header is missing");
		if (segment.p_filesz > segment.p_memsz || !fits(view, segment.p_offset, segment.p_filesz))
			return damaged(view, error, "a segment goes past the end of the file");
		dynamic = dynamic || segment.p_type == PT_DYNAMIC;
		load = load || segment.p_type == PT_LOAD;
	}
	return dynamic && load ? 0 : damaged(view, error, "nothing to load");
}

static Elf_Data *data_of(struct elf_view *view, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data;

	if (!fits(view, header->sh_offset, header->sh_size))
		return NULL;
	data = elf_getdata(section, NULL);
	return data && data->d_buf && data->d_size <= header->sh_size ? data : NULL;
}

static bool take_section(struct elf_view *view, Elf_Scn *section, const GElf_Shdr *header, const char *name)
{
	bool whole = true;

	if (header->sh_type == SHT_DYNAMIC && !view->dynamic) {
		view->dynamic = data_of(view, section, header);
		view->dynamic_strings = header->sh_link;
		whole = view->dynamic != NULL;
		if (whole)
			view->dynamic_count =
				view->dynamic->d_size / gelf_fsize(view->elf, ELF_T_DYN, 1, EV_CURRENT);
	} else if (header->sh_type == SHT_DYNSYM && !view->symbols) {
		view->symbols = data_of(view, section, header);
		view->symbol_strings = header->sh_link;
		whole = view->symbols != NULL;
		if (whole)
			view->symbol_count =
				view->symbols->d_size / gelf_fsize(view->elf, ELF_T_SYM, 1, EV_CURRENT);
	} else if (header->sh_type == SHT_NOTE && strcmp(name, SOCLE_NOTE_SECTION) == 0) {
		view->note = data_of(view, section, header);
		whole = view->note != NULL;
	} else if (header->sh_type == SHT_PROGBITS && strcmp(name, SOCLE_EMBED_SECTION) == 0) {
		view->files = data_of(view, section, header);
		whole = view->files != NULL;
	}
	return whole;
}

static int find_sections(struct elf_view *view, struct error *error)
{
	size_t names, count;

	/* libelf answers 0 sections when their table lies behind the end. */
	if (elf_getshdrnum(view->elf, &count) != 0 || count == 0 || elf_getshdrstrndx(view->elf, &names) != 0)
		return damaged(view, error, "no section headers");
	for (size_t i = 1; i < count; i++) {
		Elf_Scn *section = elf_getscn(view->elf, i);
		GElf_Shdr header;
		const char *name;

		if (!section || !gelf_getshdr(section, &header))
			return damaged(view, error, "a section header is missing");
		name = elf_strptr(view->elf, names, header.sh_name);
		if (!name)
			return damaged(view, error, "a section has no name");
		if (!take_section(view, section, &header, name))
			return damaged(view, error, name);
	}
	if (!view->dynamic || !view->symbols)
		return damaged(view, error, "no dynamic symbols");
	return 0;
}

int elf_view_open(struct elf_view *view, struct str image, const char *path, struct error *error)
{
	*view = (struct elf_view){ .image = image, .path = path };
	elf_version(EV_CURRENT);
	/* libelf's parameter isn't const, but without ELF_C_RDWR nothing is written. */
	view->elf = elf_memory((char *)(uintptr_t)image.p, image.n);
	if (check_header(view, error) < 0 || check_segments(view, error) < 0 ||
		find_sections(view, error) < 0) {
		elf_view_close(view);
		return -1;
	}
	return 0;
}

void elf_view_close(struct elf_view *view)
{
	elf_end(view->elf);
	view->elf = NULL;
}

bool elf_view_symbol(const struct elf_view *view, size_t index, struct elf_symbol *symbol_r)
{
	GElf_Sym symbol;

	if (!gelf_getsym(view->symbols, (int)index, &symbol))
		return false;
	symbol_r->name = elf_strptr(view->elf, view->symbol_strings, symbol.st_name);
	symbol_r->undefined = symbol.st_shndx == SHN_UNDEF;
	symbol_r->weak = GELF_ST_BIND(symbol.st_info) == STB_WEAK;
	symbol_r->unique = GELF_ST_BIND(symbol.st_info) == STB_GNU_UNIQUE;
	symbol_r->size = symbol.st_size;
	return symbol_r->name != NULL;
}

bool elf_view_dynamic(const struct elf_view *view, size_t index, GElf_Dyn *entry_r)
{
	return gelf_getdyn(view->dynamic, (int)index, entry_r) != NULL;
}

const char *elf_view_text(const struct elf_view *view, const GElf_Dyn *entry)
{
	return elf_strptr(view->elf, view->dynamic_strings, entry->d_un.d_val);
}
