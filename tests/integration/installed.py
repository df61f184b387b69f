"""Socle as it is installed: `meson install` into a clean folder, and projects that have nothing but that.

    socle = installed.Installation(self.folder)
    site = socle.project(self, "site", database)     socle new site
    site.start()                                     socle start, until it is healthy
    site.get("/api/shop/hello")
"""
import os
import subprocess

import support
from snippets import Shell


class Installation:
    def __init__(self, folder):
        # It may not write to the build: several files of tests stand on one.
        done = subprocess.run(["meson", "install", "-C", support.BUILD_FOLDER, "--no-rebuild", "--quiet",
                               "--destdir", os.path.join(folder, "clean")],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise support.HostError(f"meson install failed: {done.stdout}{done.stderr}")
        self.prefix = next(path for path, names, _ in os.walk(os.path.join(folder, "clean")) if "bin" in names)
        self.pkgconfig = next(path for path, _, names in os.walk(self.prefix) if "socle.pc" in names)
        with open(os.path.join(self.pkgconfig, "socle.pc")) as f:
            if "${pcfiledir}" not in f.read():
                raise support.HostError(f"{support.BUILD_FOLDER} was set up when socle.pc still held its prefix: meson "
                                        "configure -Dpkgconfig.relocatable=true, or set it up anew")
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("SOCLE_")}
        self.env.update(PATH=f"{self.prefix}/bin:{self.env['PATH']}", PKG_CONFIG_PATH=self.pkgconfig)
        self.env.pop("LD_LIBRARY_PATH", None)

    def share(self, name):
        return os.path.join(self.prefix, "share", "socle", name)


class Host(support.program.Host):
    """The installed program, started in a project's folder with that one's own configuration."""

    def __init__(self, folder, env, port):
        super().__init__("/nowhere", [], os.path.join(folder, "config"), "", folder, port=port)
        self.env = env
        self.build = os.path.dirname(subprocess.run(["which", "socle"], env=env, capture_output=True, text=True,
                                                    check=True).stdout.strip())


class Project:
    """A folder that `socle new` wrote (NAME None: that will be written), with a shell to work in it."""

    def __init__(self, test, installation, database, name="site"):
        self.port = support.free_port()
        self.env = {**installation.env, "SOCLE_PORT": str(self.port), "SOCLE_WORKERS": "1", "HOME": test.folder,
                    "CURL_HOME": test.folder}
        self.shell = Shell(test.folder, self.env)
        test.addCleanup(self.shell.close)
        self.host = None
        self.test = test
        if name:
            self.folder = os.path.join(test.folder, name)
            self.said = self.run(f"socle new {name}")
            support.write_files(self.folder, {"config/database.toml": f'[database]\nurl = "{database.url}"\n'})

    def run(self, command, status=0):
        """What the command printed; it must end with that status."""
        said = self.shell.run(f"{command}\necho status $?")
        text, _, number = said.rstrip().rpartition("status ")
        if int(number) != status:
            raise AssertionError(f"$ {command}\n{text}\nended with status {number}")
        return text

    def start(self):
        self.host = Host(self.folder, self.env, self.port)
        self.test.addCleanup(self.stop)
        self.host.start()

    def stop(self):
        self.host.stop()

    def get(self, path, **options):
        return self.host.request("GET", path, **options)
