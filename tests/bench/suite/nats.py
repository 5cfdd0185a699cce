"""NATS JetStream: a stream at A, one at B with A's as its source, a leaf-node connection over TLS."""
from .servers import Servers, listens, wait_for


class Nats(Servers):
    name = "nats"
    title = "NATS JetStream, leaf nodes"
    durability = "acknowledged BEFORE any sync (default: every 2 minutes)"
    preload = False  # its runtime makes system calls itself
    first_messages = 100_000

    def addresses(self):
        return f"nats://127.0.0.1:{self.port(0)}", f"nats://127.0.0.1:{self.port(1)}"

    def syncs(self, machine):
        """Both servers once more, under strace, which stops them at nothing but syncs."""
        messages = machine.count(self.first_messages)
        with CountedNats(machine, self.size) as counted:
            counted.start_all()
            counted.load("throughput", "--messages", messages)
            return {"syncs_per_1000": counted.counted() * 1000 / messages}

    def command(self, node, configuration):
        return ["nats-server", "-c", configuration]

    def start(self, node):
        port = self.port(0) if node == "A" else self.port(1)
        configuration = self.folder / f"{node}.conf"
        configuration.write_text(f"""
server_name: {node}
listen: "127.0.0.1:{port}"
jetstream {{ store_dir: "{self.home(node)}/data", domain: {node}, max_file: 40GB }}
leafnodes {{ {self.leaf(node)} }}
""")
        self.spawn(node, *self.command(node, configuration))
        wait_for(f"nats {node}", lambda: listens(port))

    def leaf(self, node):
        tls = f"""tls {{ ca_file: "{self.tls('ca.pem')}", cert_file: "{self.tls(node.lower())}.pem",
                  key_file: "{self.tls(node.lower())}.key" """
        if node == "B":
            return f'listen: "127.0.0.1:{self.port(2)}", {tls}, verify: true }}'
        return (f'reconnect: 1, remotes: [ {{ url: "tls://127.0.0.1:{self.port(2)}", {tls} }} }} ]')


class CountedNats(Nats):
    CALLS = ("fsync", "fdatasync", "msync", "sync_file_range", "sync", "syncfs")

    def __init__(self, machine, size):
        super().__init__(machine, size)
        self.folder = machine.folder / "nats-counted"

    def port(self, offset):
        return super().port(offset + 10)  # the measured pair still runs

    def command(self, node, configuration):
        return ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "signal=none",
                "-e", "trace=" + ",".join(self.CALLS), "-o", self.trace(node),
                *super().command(node, configuration)]

    def trace(self, node):
        return self.folder / f"{node}.strace"

    def counted(self):
        return sum(len([line for line in self.trace(node).read_text().splitlines() if "(" in line])
                   for node in self.nodes)
