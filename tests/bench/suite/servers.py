"""Two servers, A and B, of one store-and-forward system: started, killed and stopped as processes of
ours on loopback, in folders of ours. A class a system; their load programs are in brokers/."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time


def descendants(roots):
    """These processes and all that they have started, by /proc."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text()
                parent = int(stat[stat.rindex(")") + 2:].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found = list(roots)
    for pid in found:
        found += children.get(pid, [])
    return found


def wait_for(what, condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise RuntimeError(f"{what}: not there after {seconds} s")
        time.sleep(0.05)


def listens(port):
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 0.5).close()
        return True
    return False


def make_certificates(folder):
    """A small authority and a certificate for each end, in files of these names."""
    folder.mkdir()

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "7",
            "-subj", "/CN=bench authority")
    (folder / "san").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    for end in ("a", "b"):
        openssl("req", *curve, "-keyout", f"{end}.key", "-out", f"{end}.csr", "-subj", "/CN=localhost")
        openssl("x509", "-req", "-in", f"{end}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-days", "7", "-out", f"{end}.pem", "-extfile", "san")
        (folder / f"{end}.key").chmod(0o644)


class Servers:
    name = ""  # jiexu-load-NAME is its load
    title = ""  # in the table
    durability = ""  # what an acknowledgement means, in the table
    nodes = ("B", "A")  # in the order of their start
    settle_seconds = 1  # from prepared to a link that flows
    certificates = True  # for TLS between the ends
    preload = True  # whether its syncs can be counted and slowed by a preloaded library
    load_per_second = 5000  # in crash runs
    first_messages = 20_000  # of a throughput run, and of its warm-up
    message_seconds = 6  # what a throughput run should take

    def __init__(self, machine, size):
        self.machine, self.size = machine, size
        self.folder = machine.folder / self.name
        self.processes = {}
        self.counters = None

    # --- what each system defines ---
    def start(self, node):
        """Starts a server, on its folder as it is, and waits until it listens."""
        raise NotImplementedError

    def addresses(self):
        """Of A and B, as the load program wants them."""
        raise NotImplementedError

    def syncs(self, machine):
        """Figures of syncs, if the preloaded library cannot count them."""
        return {}

    # --- the same for all ---
    def port(self, offset):
        return self.machine.port_base + 900 + offset

    def home(self, node):
        return self.folder / node

    def tls(self, name):
        return self.folder / "tls" / name

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.folder.chmod(0o755)
        self.machine.folder.chmod(0o755)  # for servers that drop root
        if self.certificates:
            make_certificates(self.folder / "tls")
        for node in self.nodes:
            self.home(node).mkdir(exist_ok=True)
        self.counters, self.counting = self.machine.counters()
        return self

    def __exit__(self, *_):
        for node in reversed(list(self.processes)):
            self.stop(node)

    def start_all(self):
        for node in self.nodes:
            self.start(node)
        self.load("prepare")
        time.sleep(self.settle_seconds)

    def spawn(self, node, *command, env=None, **more):
        environment = os.environ | (env or {}) | (self.counting if self.preload else {})
        with open(self.folder / f"{node}.log", "ab") as log:
            self.processes[node] = subprocess.Popen(
                list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment, start_new_session=True, **more)

    def pids(self, *nodes):
        return descendants([self.processes[node].pid for node in nodes or self.processes
                            if self.processes[node].poll() is None])

    def signal(self, node, number):
        pids = self.pids(node)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return pids

    def kill(self, node):
        """SIGKILL to the server and all that it has started; none is left when this returns."""
        pids = self.signal(node, signal.SIGKILL)
        self.processes.pop(node).wait()
        wait_for(f"end of {node}", lambda: not any(alive(pid) for pid in pids))

    def stop(self, node):
        self.processes[node].terminate()
        try:
            self.processes[node].wait(20)
            del self.processes[node]
        except subprocess.TimeoutExpired:
            self.kill(node)

    def load_command(self, mode, *arguments):
        a, b = self.addresses()
        return list(map(str, [self.machine.build / "bin" / f"jiexu-load-{self.name}", mode,
                              "--a", a, "--b", b, "--bytes", self.size, *arguments]))

    def load(self, mode, *arguments):
        """Runs the load program; its result lines by name."""
        done = subprocess.run(self.load_command(mode, *arguments), stdout=subprocess.PIPE, text=True,
                              check=True, timeout=400)
        return {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}


def alive(pid):
    """Whether the process exists and is more than a name that its parent has not asked for."""
    with contextlib.suppress(OSError):
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
        return stat[stat.rindex(")") + 2] != "Z"
    return False
