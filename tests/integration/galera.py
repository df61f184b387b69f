"""A Galera cluster on this machine: MariaDB servers that certify each other's transactions.

    nodes = galera.Cluster(2)
    nodes.sockets                    one per node
    nodes.status(0, "wsrep_cluster_size")
    nodes.remove()

All nodes start with the same data, copied while the first one was down, so nothing has to be transferred to who joins
but the few events since then; what would transfer more is a script that only says so. (The scripts that come with MariaDB
are in a package that installs a service.) They keep nothing safe from a power cut.
"""
import os
import re
import shutil
import tempfile

from support import free_port, scratchdb

LIBRARY = "/usr/lib/galera/libgalera_smm.so"
# Called by a server that joins, and by the one that was chosen to help it.
TRANSFER = """#!/bin/sh
case "$*" in
*"--role joiner"*) printf 'ready 127.0.0.1:1\\n{position} 0\\n' ;;
*) printf 'continue\\ndone {position} 0\\n' ;;
esac
"""
OPTIONS = """--innodb-flush-log-at-trx-commit=0
--innodb-flush-method=nosync
--innodb-log-file-size=48M
--innodb-buffer-pool-size=96M
--innodb-autoinc-lock-mode=2
--binlog-format=ROW
--wsrep-on=ON
--wsrep-provider={library}
--wsrep-cluster-address=gcomm://{others}
--wsrep-node-address=127.0.0.1:{port}
--wsrep-sst-method=nothing
--wsrep-slave-threads=2
--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:{port};base_port={port};ist.recv_addr=127.0.0.1:{transfer_port};gcache.size=32M
"""


class Cluster:
    def __init__(self, count):
        self.folder = tempfile.mkdtemp(prefix="socle-galera.", dir="/tmp")
        self.ports = [free_port() for _ in range(count)]
        self.folders = [os.path.join(self.folder, f"node{i}") for i in range(count)]
        try:
            self.bring_up()
        except BaseException:
            self.remove()
            raise

    def bring_up(self):
        first = self.folders[0]
        os.mkdir(first)
        self.write("wsrep_sst_nothing", TRANSFER.format(position=""))
        self.start(0)
        self.stop(0)
        with open(os.path.join(first, "data", "grastate.dat")) as f:
            state = dict(re.findall(r"^(\w+): +(\S+)$", f.read(), re.M))
        self.write("wsrep_sst_nothing", TRANSFER.format(position=f"{state['uuid']}:{state['seqno']}"))
        for i, folder in enumerate(self.folders[1:], 1):
            os.mkdir(folder)
            shutil.copytree(os.path.join(first, "data"), os.path.join(folder, "data"))
        for i in range(len(self.folders)):
            self.start(i)
        self.sockets = [self.read(i, "socket.path") for i in range(len(self.folders))]

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, 0o700)

    def read(self, i, name):
        with open(os.path.join(self.folders[i], name)) as f:
            return f.read().strip()

    def start(self, i):
        """The first one begins a cluster, the others join those before them."""
        others = ",".join(f"127.0.0.1:{port}" for port in self.ports[:i])
        self.write(os.path.join(f"node{i}", "mariadbd.options"), OPTIONS.format(
            library=LIBRARY, others=others, port=self.ports[i], transfer_port=free_port()))
        scratchdb.shell("mariadb_start", self.folders[i], env={"PATH": f"{os.environ['PATH']}:{self.folder}"})

    def stop(self, i):
        scratchdb.shell("mariadb_stop", self.folders[i])

    def status(self, i, name):
        found = scratchdb.run(self.sockets[i], f"SHOW GLOBAL STATUS LIKE '{name}'")
        return found.split("\t")[1].strip()

    def remove(self):
        for i, folder in enumerate(self.folders):
            if os.path.isdir(folder):
                self.stop(i)
        shutil.rmtree(self.folder, ignore_errors=True)
