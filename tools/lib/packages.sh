# shellcheck shell=bash
# The Debian packages that Socle is built, run and tested with, and their installation.
#
#   packages_install build run        installs what is missing of these sets; does nothing when
#                                     everything is there, so it may be called on every run
#
# Sets: build, run, test, bench, fuzz.

packages_build=(gcc g++ libc6-dev meson ninja-build pkg-config
    libevent-dev libmariadb-dev libtomlplusplus-dev libjansson-dev libpcre2-dev uthash-dev
    libelf-dev libssl-dev libcrypt-dev zlib1g-dev libbrotli-dev libcurl4-openssl-dev)
packages_run=(mariadb-server-core mariadb-client-core curl tzdata)
packages_test=(abigail-tools galera-4 libcmocka-dev openssl valgrind python3 libhttp-parser-dev)
packages_bench=(wrk procps)
packages_fuzz=(clang libclang-rt-14-dev libhttp-parser-dev)

# Replaying the recorded answers takes any Node from 18 on, Debian's or another.
packages_node_is_here() {
    local version
    version=$(node --version 2>/dev/null) || return 1
    version=${version#v}
    [ "${version%%.*}" -ge 18 ] 2>/dev/null
}

# Prints the members of the named sets, one a line.
packages_of() {
    local set
    for set in "$@"; do
        case $set in
            build) printf '%s\n' "${packages_build[@]}" ;;
            run) printf '%s\n' "${packages_run[@]}" ;;
            test)
                printf '%s\n' "${packages_test[@]}"
                packages_node_is_here || echo nodejs
                ;;
            bench) printf '%s\n' "${packages_bench[@]}" ;;
            fuzz) printf '%s\n' "${packages_fuzz[@]}" ;;
            *)
                echo "packages.sh: no set is called '$set'" >&2
                return 1
                ;;
        esac
    done
}

# Prints those of the given packages that are not installed.
packages_missing() {
    local installed package
    installed=$(dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
        sed -n 's/ installed$//p')
    for package in "$@"; do
        grep -qxF -- "$package" <<<"$installed" || echo "$package"
    done
}

packages_install() {
    local wanted missing as_root=() log
    command -v dpkg-query >/dev/null || {
        echo "This is no Debian system (no dpkg-query). What is needed, by Debian's names:" >&2
        packages_of "$@" | sort -u | tr '\n' ' ' >&2
        echo >&2
        return 1
    }
    wanted=$(packages_of "$@") || return 1
    # shellcheck disable=SC2086 # package names hold no spaces
    missing=$(packages_missing $wanted | sort -u | tr '\n' ' ')
    [ -n "$missing" ] || return 0

    local install="apt-get install --yes --no-install-recommends $missing"
    if [ "$(id -u)" -ne 0 ]; then
        # sudo that would have to ask is of use only where somebody can answer.
        if ! command -v sudo >/dev/null || ! { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
            echo "These packages are missing, and installing them takes root: $missing" >&2
            echo "As root: apt-get update && $install" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "Installing: $missing" >&2
    log=$(mktemp)
    # A failed update is no reason to stop: the lists that are here may do.
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update >"$log" 2>&1; then
        echo "apt-get update failed, trying with the package lists that are here" >&2
    fi
    # shellcheck disable=SC2086
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends $missing >>"$log" 2>&1; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        echo "Installing failed. By hand, as root: $install" >&2
        return 1
    fi
    rm -f "$log"
}
