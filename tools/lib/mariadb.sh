# shellcheck shell=bash
# A private MariaDB server: its own data folder, a unix socket, no network.
#
#   mariadb_start [--fast] DIR    makes the data folder if there is none, starts the server unless it
#                                 runs already, and returns once it answers
#   mariadb_stop DIR              stops it and returns once it has ended
#   mariadb_client DIR ARG...     the client, as root of that server
#   mariadb_socket DIR            prints the path of its socket
#
# --fast is for tests: nothing survives a power cut, and the data lies in memory where /dev/shm has
# room for it. Such a server's data is gone after mariadb_stop.
#
# In DIR: data/ and tmp/ (or data.path, where a fast server's lie), mariadbd.log, mariadbd.pid,
# mariadbd.options, if anybody put it there: more options for mariadbd, one a line; and socket.path,
# which names the socket. The server has one account, root without a password; what
# guards it is that only the owner may enter the socket's folder.

# A socket's path may have 107 bytes. mariadbd cuts a longer one short without a word.
mariadb_socket_limit=107
# What a fast server needs of /dev/shm, in KiB: log, system tables, a few copies of the test data.
mariadb_fast_room=$((768 * 1024))

mariadb_socket() {
    cat -- "$1/socket.path"
}

mariadb_client() {
    local dir=$1 socket
    shift
    socket=$(mariadb_socket "$dir") || return 1
    mariadb --no-defaults --socket="$socket" --user=root --default-character-set=utf8mb4 "$@"
}

mariadb_start() {
    local fast='' dir
    if [ "$1" = --fast ]; then
        fast=1
        shift
    fi
    mkdir -p -- "$1"
    dir=$(cd -- "$1" && pwd -P)
    chmod 0700 -- "$dir"
    if mariadb_running "$dir" && mariadb_client "$dir" -e 'SELECT 1' >/dev/null 2>&1; then
        return 0
    fi
    mariadb_place_socket "$dir" &&
        mariadb_place_data "$dir" "$fast" &&
        mariadb_launch "$dir" "$fast" &&
        mariadb_wait "$dir"
}

mariadb_stop() {
    local dir pid waited=0
    [ -d "$1" ] || return 0
    dir=$(cd -- "$1" && pwd -P)
    if mariadb_running "$dir"; then
        pid=$(<"$dir/mariadbd.pid")
        kill -TERM "$pid" 2>/dev/null || true
        while mariadb_running "$dir"; do
            sleep 0.02
            waited=$((waited + 1))
            # Shutting down writes what is still in memory, which may take long; two minutes is a hang.
            if [ "$waited" -eq 6000 ]; then
                echo "mariadbd (process $pid) does not end; killed. Its log: $dir/mariadbd.log" >&2
                kill -KILL "$pid" 2>/dev/null || true
            fi
        done
    fi
    rm -f -- "$dir/mariadbd.pid"
    mariadb_remove_socket "$dir"
    if [ -f "$dir/data.path" ]; then
        rm -rf -- "$(<"$dir/data.path")"
        rm -f -- "$dir/data.path"
    fi
}

# True while the process of DIR's server is there. One that has ended but whose parent has not asked
# for its status (state Z) counts as gone, and so does another program that got its number.
mariadb_running() {
    local pid stat
    pid=$(cat -- "$1/mariadbd.pid" 2>/dev/null) || return 1
    stat=$(cat -- "/proc/$pid/stat" 2>/dev/null) || return 1
    [[ $stat == "$pid (mariadbd) "[!ZX]* ]]
}

# The socket lies in DIR where its path is short enough for one, else in a folder of its own.
mariadb_place_socket() {
    local dir=$1 socket=$1/mariadbd.sock LC_ALL=C
    mariadb_remove_socket "$dir"
    if [ "${#socket}" -gt "$mariadb_socket_limit" ]; then
        socket=$(mktemp -d /tmp/socle-db.XXXXXX)/s
    fi
    printf '%s\n' "$socket" >"$dir/socket.path"
}

mariadb_remove_socket() {
    local dir=$1 socket
    socket=$(cat -- "$dir/socket.path" 2>/dev/null) || return 0
    rm -f -- "$socket" "$dir/socket.path"
    case $socket in
        /tmp/socle-db.*/s) rmdir -- "${socket%/s}" 2>/dev/null || true ;;
    esac
}

# Makes the data folder. mariadb-install-db runs mariadbd itself, on files beside it, so an
# installation that was cut short leaves data.new behind and never half a data folder.
mariadb_place_data() {
    local dir=$1 fast=$2 data=$1/data free short failed=''
    if [ -n "$fast" ]; then
        # What an earlier fast server left behind can't be relied on.
        rm -rf -- "$data"
        if [ -f "$dir/data.path" ]; then
            rm -rf -- "$(<"$dir/data.path")"
            rm -f -- "$dir/data.path"
        fi
        free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1) || free=0
        if [ "${free:-0}" -ge "$mariadb_fast_room" ]; then
            data=$(mktemp -d /dev/shm/socle-db.XXXXXX)
            printf '%s\n' "$data" >"$dir/data.path"
            data=$data/data
        fi
    fi
    [ ! -d "$data/mysql" ] || return 0
    rm -rf -- "$data.new"
    mkdir -p -- "$data.new"
    # The script trips over a space in a path, so it gets a name without one.
    short=$(mktemp -d /tmp/socle-db.XXXXXX) && ln -s -- "$data.new" "$short/data" || return 1
    # shellcheck disable=SC2046 # several options
    mariadb-install-db --no-defaults --datadir="$short/data" --tmpdir="$short" --user="$(id -un)" \
        --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve \
        --innodb-use-native-aio=0 $(mariadb_fast_options "$fast") \
        >"$dir/install.log" 2>&1 || failed=1
    rm -rf -- "$short"
    if [ -n "$failed" ]; then
        echo "mariadb-install-db failed; the end of $dir/install.log:" >&2
        tail -n 20 -- "$dir/install.log" >&2
        return 1
    fi
    rm -rf -- "$data"
    mv -- "$data.new" "$data"
}

mariadb_fast_options() {
    [ -n "$1" ] || return 0
    # Nothing is synchronised and nothing is written twice; shutting down leaves everything as it is.
    printf '%s\n' --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 \
        --innodb-flush-method=nosync --innodb-fast-shutdown=3 \
        --innodb-buffer-pool-size=96M --innodb-log-file-size=48M
}

mariadb_launch() {
    local dir=$1 fast=$2 data=$1/data more=()
    [ ! -f "$dir/data.path" ] || data=$(<"$dir/data.path")/data
    [ ! -f "$dir/mariadbd.options" ] || mapfile -t more <"$dir/mariadbd.options"
    : >"$dir/mariadbd.log"
    # A folder of its own for temporary tables: a server that starts deletes all that it finds there.
    mkdir -p -- "${data%/data}/tmp"
    # In a session of its own, so that Ctrl-C on the terminal reaches only whoever started it and the
    # server is stopped after what uses it. Kernel AIO is off: containers often forbid it.
    # shellcheck disable=SC2046
    setsid mariadbd --no-defaults --user="$(id -un)" \
        --datadir="$data" --tmpdir="${data%/data}/tmp" --socket="$(mariadb_socket "$dir")" --skip-networking \
        --log-error="$dir/mariadbd.log" \
        --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci \
        --default-time-zone=+00:00 --skip-log-bin --skip-name-resolve --max-connections=400 \
        --innodb-use-native-aio=0 $(mariadb_fast_options "$fast") "${more[@]}" \
        </dev/null >>"$dir/mariadbd.log" 2>&1 &
    local pid=$!
    printf '%s\n' "$pid" >"$dir/mariadbd.pid"
    # Until the new process has become mariadbd, mariadb_running would not know it.
    while kill -0 "$pid" 2>/dev/null && ! mariadb_running "$dir"; do
        sleep 0.01
    done
}

# Returns once the server answers; fails when it ends before, or takes more than two minutes (the
# recovery of a large data folder after a crash may take a while).
mariadb_wait() {
    local dir=$1 deadline=$((SECONDS + 120))
    until mariadb_client "$dir" -e 'SELECT 1' >/dev/null 2>&1; do
        if ! mariadb_running "$dir"; then
            echo "mariadbd ended while starting; the end of $dir/mariadbd.log:" >&2
        elif [ "$SECONDS" -ge "$deadline" ]; then
            echo "mariadbd does not answer after two minutes; the end of $dir/mariadbd.log:" >&2
        else
            sleep 0.05
            continue
        fi
        tail -n 20 -- "$dir/mariadbd.log" >&2
        mariadb_stop "$dir"
        return 1
    done
}
