"""PostgreSQL: an outbox table at A, an inbox table at B, our relay between them over TLS."""
import os
import pathlib
import shutil
import signal
import subprocess

from .servers import Servers, wait_for

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{home}'
ssl = {ssl}
ssl_ca_file = 'ca.pem'
ssl_cert_file = 'b.pem'
ssl_key_file = 'b.key'
shared_buffers = 512MB
max_wal_size = 4GB
autovacuum_naptime = 5s
"""


class PostgreSql(Servers):
    name = "postgresql"
    title = "PostgreSQL outbox, relay of 500 rows"
    durability = "acknowledged after its sync, at each end"
    nodes = ("B", "A", "relay")
    first_messages = 100_000

    def __enter__(self):
        super().__enter__()
        # The server refuses to run as root.
        self.drop = {"user": "postgres", "group": "postgres", "extra_groups": [], "cwd": "/"} \
            if os.geteuid() == 0 else {}
        return self

    def addresses(self):
        return tuple(f"host={self.home(node)} port={self.node_port(node)} user=postgres"
                     for node in ("A", "B"))

    def node_port(self, node):
        return self.port(0) if node == "A" else self.port(1)

    def start_all(self):
        self.start("B")
        self.start("A")
        self.load("prepare")
        self.start("relay")

    def start(self, node):
        if node == "relay":
            return self.start_relay()
        data = self.home(node) / "data"
        if not data.exists():
            self.make(node, data)
        (data / "postmaster.pid").unlink(missing_ok=True)  # of one that was killed
        self.spawn(node, PROGRAMS / "postgres", "-D", data, **self.drop)
        ready = [PROGRAMS / "pg_isready", "-q", "-h", self.home(node), "-p", str(self.node_port(node))]
        wait_for(f"postgresql {node}", lambda: subprocess.run(ready).returncode == 0)

    def make(self, node, data):
        if self.drop:
            shutil.chown(self.home(node), "postgres", "postgres")
        subprocess.run([PROGRAMS / "initdb", "-D", data, "-A", "trust", "-U", "postgres",
                        "--encoding=UTF8", "--locale=C"], check=True, capture_output=True, **self.drop)
        for name in ("ca.pem", "b.pem", "b.key"):
            shutil.copy(self.tls(name), data / name)
            (data / name).chmod(0o600)
            if self.drop:
                shutil.chown(data / name, "postgres", "postgres")
        (data / "pg_hba.conf").write_text(
            "local all all trust\nhostssl all all 127.0.0.1/32 trust clientcert=verify-ca\n")
        with open(data / "postgresql.conf", "a") as settings:
            settings.write(SETTINGS.format(port=self.node_port(node), home=self.home(node),
                                           ssl="on" if node == "B" else "off"))

    def start_relay(self):
        key = self.tls("relay.key")
        shutil.copy(self.tls("a.key"), key)
        key.chmod(0o600)
        self.spawn("relay", self.machine.build / "bin/jiexu-outbox-relay",
                   "--from", self.addresses()[0],
                   "--to", f"host=localhost hostaddr=127.0.0.1 port={self.port(1)} user=postgres "
                           f"sslmode=verify-full sslrootcert={self.tls('ca.pem')} "
                           f"sslcert={self.tls('a.pem')} sslkey={key}")

    def stop(self, node):
        if node != "relay":
            self.processes[node].send_signal(signal.SIGINT)  # do not wait for connections
        super().stop(node)
