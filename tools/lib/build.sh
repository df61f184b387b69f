# shellcheck shell=bash
# Builds with meson and ninja; says nothing unless it fails.
#
#   build_make FOLDER [MESON_OPTION...]     brings the build in FOLDER up to date; the options count
#                                           when the folder is set up for the first time
#
# Runs from the root of the project.

build_make() {
    local folder=$1 log
    shift
    log=$(mktemp)
    # Without build.ninja a set-up was cut short, and meson would take the folder for a finished one.
    if [ ! -f "$folder/build.ninja" ]; then
        rm -rf -- "$folder/meson-private"
        if ! meson setup "$folder" "$@" >"$log" 2>&1; then
            build_fail "$folder" "$log"
            return 1
        fi
    fi
    if ! ninja -C "$folder" >"$log" 2>&1; then
        build_fail "$folder" "$log"
        return 1
    fi
    rm -f "$log"
}

# The compiler's words come late in a long log, after the lines of what went well.
build_fail() {
    tail -n 80 "$2" >&2
    rm -f "$2"
    echo "The build in $1 failed." >&2
}
