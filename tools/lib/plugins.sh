# shellcheck shell=bash
# Plugin folders as the host takes them: manifest, schemas and library side by side.
#
#   plugins_stage BUILD OUT FOLDER...     makes OUT/<name> of each plugin's source FOLDER, with the
#                                         library that its manifest names, and removes what else
#                                         lies in OUT
#
# The library comes from BUILD/plugins/<name>/ where meson made it (first-party plugins with code),
# else it is compiled from the folder's own C files with the SDK alone, as anybody outside would.

plugins_stage() {
    local build=$1 out=$2 folder name work known=' '
    shift 2
    mkdir -p -- "$out"
    for folder in "$@"; do
        folder=${folder%/}
        name=${folder##*/}
        known+="$name "
        # Made beside OUT and moved into it whole: a host that watches OUT sees no half of it, and
        # nothing at all where nothing has changed.
        work=$(mktemp -d "${out%/}.XXXXXX") || return 1
        if ! plugins_assemble "$build" "$folder" "$work"; then
            rm -rf -- "$work"
            return 1
        fi
        if [ -d "$out/$name" ] && diff -rq -- "$work" "$out/$name" >/dev/null; then
            rm -rf -- "$work"
        else
            rm -rf -- "${out:?}/$name"
            mv -- "$work" "$out/$name"
        fi
    done
    for folder in "$out"/*/; do
        [ -d "$folder" ] || continue
        name=$(basename -- "$folder")
        [[ $known == *" $name "* ]] || rm -rf -- "$folder"
    done
}

# Fills the empty folder OUT with the plugin in FOLDER: everything but its sources, and its library.
plugins_assemble() {
    local build=$1 folder=$2 out=$3 library
    if [ ! -f "$folder/plugin.toml" ]; then
        echo "$folder has no plugin.toml" >&2
        return 1
    fi
    chmod 0755 -- "$out" && cp -a -- "$folder/." "$out/" || return 1
    find "$out" -type f \( -name '*.[ch]' -o -name meson.build \) -delete
    library=$(sed -n 's/^[[:space:]]*library[[:space:]]*=[[:space:]]*"\([^"]*\)".*/\1/p' \
        "$folder/plugin.toml" | head -n 1)
    [ -n "$library" ] || return 0
    if [ -f "$build/plugins/${folder##*/}/$library" ]; then
        cp -a -- "$build/plugins/${folder##*/}/$library" "$out/$library"
    else
        plugins_compile "$build" "$folder" "$out/$library"
    fi
}

plugins_compile() {
    local build=$1 folder=$2 output=$3 flags sources
    mapfile -t sources < <(find "$folder" -type f -name '*.c' | sort)
    if [ "${#sources[@]}" -eq 0 ]; then
        echo "$folder/plugin.toml names a library, and there is no C file to make it of" >&2
        return 1
    fi
    # meson writes a description of the library as it lies in the build folder, for use without
    # installing it first.
    flags=$(PKG_CONFIG_PATH="$build/meson-uninstalled" pkg-config --cflags --libs socle) || return 1
    # shellcheck disable=SC2086 # the flags are several words
    cc -shared -fPIC -g -Wall -Wextra -Wno-unused-parameter "${sources[@]}" $flags -o "$output"
}
