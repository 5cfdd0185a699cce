#!/usr/bin/env python3
"""What a daemon says and how it ends when the machine or its own files are not as they must be: a
sentence in the log and an exit code; a signal only where a library ends the process, and then with a
line too. With the real daemon and command line.

  clock        1970, 2107 and 9999 at the start, and while it runs
  keys         of another agency, of an older backup, missing, open to others
  interrupted  every second write of the watermark, by a signal
  descriptors  too few at the start, none left while it runs
  threads      none is to be had, at each place where one is started
  memory       none is to be had, from the first allocation to the last

Example: tests/faults/start.py keys --bin build/bin --clock build/tests/faults/libjiexu_other_clock.so --folder run/start
Run by tests/faults/run. Exit code 1 if anything is not as it must be."""
import argparse
import os
import pathlib
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request

CODES = ["S41130010001", "S32010010001"]
EX_OSERR, EX_IOERR, EX_TEMPFAIL, EX_UNAVAILABLE, EX_CONFIG = 71, 74, 75, 69, 78
DAY = 86400

failures = []


def fault(text):
    print(f"FAULT: {text}", flush=True)
    failures.append(text)


class Agency:
    def __init__(self, options, index, name=None):
        self.bin = options.bin
        self.index = index
        self.port = options.port_base + 2 * index
        self.folder = options.folder / (name or CODES[index])
        self.config = self.folder / "agency.toml"
        self.log = self.folder.with_suffix(".log")

    def cli(self, *args, **more):
        return subprocess.run([self.bin / "jiexu", "--config", self.config, *args],
                              capture_output=True, text=True, **more)

    def init(self, environment=None):
        return subprocess.run(
            [self.bin / "jiexu", "init", self.folder, "--code", CODES[self.index], "--name",
             "Example", "--listen", f"tcp://127.0.0.1:{self.port}", "--api",
             f"127.0.0.1:{self.port + 1}", "--bank-holder", "Fund", "--bank-account",
             "41001500000000000001", "--bank-name", "Bank", "--bank-cnaps", "102100099996",
             "--contact", "service", "--phone", "0000-0000000", "--address", "Street 1", "--postcode",
             "100000"], capture_output=True, text=True, env=environment)

    def start(self, limits=None, environment=None, before=()):
        """Starts the daemon; `limits` are soft and hard limits of the process."""
        def prepare():
            for which, value in (limits or {}).items():
                resource.setrlimit(which, value)
        self.log.write_bytes(b"")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*before, self.bin / "jiexud", "--config", self.config], stdout=log, stderr=log,
                env=environment, preexec_fn=prepare)
        return self

    def ready(self, seconds=20):
        """Whether it has come up; false if it has ended."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                return False
            if self.get("/readyz")[0] == 200:
                return True
            time.sleep(0.05)
        return False

    def get(self, path):
        """As the operator, who is told why the daemon is not ready."""
        bearer = {"Authorization": f"Bearer {token(self)['JIEXU_TOKEN']}"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port + 1}{path}", headers=bearer)
        try:
            with urllib.request.urlopen(request, timeout=5) as got:
                return got.status, got.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.ended(30)

    def ended(self, seconds):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def said(self):
        return self.log.read_text(errors="replace")


def refuses(agency, what, code, words, **how):
    """The daemon ends at the start with this code and says these words."""
    ended = agency.start(**how).ended(20)
    said = agency.said()
    line = next((line for line in said.splitlines() if " critical " in line), said[-300:])
    print(f"{what}: exit {ended}: {line[line.find('critical'):]}", flush=True)
    if ended != code:
        fault(f"{what}: exit {ended}, not {code}")
    for word in words:
        if word not in said:
            fault(f"{what}: the log does not say {word!r}")


def runs(agency, what, **how):
    if not agency.start(**how).ready():
        fault(f"{what}: does not come up: {agency.said()[-500:]}")
    if (code := agency.stop()) != 0:
        fault(f"{what}: stopped with {code}")


# --- the clock ---

class OtherClock:
    def __init__(self, options):
        self.file = options.folder / "ahead"
        self.file.write_bytes(struct.pack("=q", 0))
        self.environment = {**os.environ, "LD_PRELOAD": str(options.clock),
                            "JIEXU_CLOCK_AHEAD": str(self.file)}

    def show(self, year):
        """As days go: what the year is matters, not the hour."""
        ahead = 0 if year is None else (year - 1970) * 365.2425 * DAY + 10 * DAY - time.time()
        with open(self.file, "r+b") as file:
            file.write(struct.pack("=q", int(ahead)))


def test_clock(options):
    clock = OtherClock(options)
    agency = Agency(options, 0)
    clock.show(1970)
    made = agency.init(clock.environment)
    if made.returncode != EX_CONFIG or "clock shows 1970" not in made.stderr:
        fault(f"init took a clock of 1970: {made.returncode} {made.stderr}")
    clock.show(None)
    shutil.rmtree(agency.folder, ignore_errors=True)
    agency.init(clock.environment)
    for year in (1970, 2107, 9999):
        clock.show(year)
        refuses(agency, f"clock at {year}", EX_CONFIG, [f"clock shows {year}-01", "timedatectl"],
                environment=clock.environment)
    clock.show(None)
    agency.start(environment=clock.environment)
    if not agency.ready():
        return fault("does not start with a right clock")
    for year in (1970, 2107, 9999, 1969):
        clock.show(year)
        time.sleep(2.5)
        status, text = agency.get("/readyz?verbose")
        if status != 503 or f"clock shows {year}" not in text:
            fault(f"clock jumped to {year}: /readyz {status} {text}")
        if agency.get("/livez")[0] != 200:
            fault(f"clock jumped to {year}: not alive")
        # The first look at the peers, the work list and the statistics is by the daemon's own time.
        if (listed := agency.cli("case", "list", env={**os.environ, **token(agency)})).returncode:
            fault(f"clock jumped to {year}: case list: {listed.stderr}")
    if agency.said().count("goes on with its own time") < 1:
        fault("a clock that jumps is not in the log")
    clock.show(None)
    if not agency.ready():
        fault("a clock that is right again does not make it ready")
    for year in (2098, 2021, 2050):  # can be, so they are believed
        clock.show(year)
        time.sleep(1.5)
        if agency.get("/livez")[0] != 200:
            fault(f"clock set to {year}: not alive")
    clock.show(None)
    if (code := agency.stop()) != 0:
        fault(f"after clock jumps it stopped with {code}")


def token(agency):
    return {"JIEXU_TOKEN": (agency.folder / "admin.token").read_text().strip()}


# --- keys ---

def test_keys(options):
    here, there = Agency(options, 0), Agency(options, 1)
    for agency in (here, there):
        if (made := agency.init()).returncode:
            return fault(made.stderr)
        runs(agency, "own keys")
    keys, theirs, kept = here.folder / "keys", there.folder / "keys", options.folder / "kept"
    shutil.copytree(keys, kept)

    def put_back():
        shutil.rmtree(keys)
        shutil.copytree(kept, keys)

    words = {"vault.keys": "is not the one that this store was sealed with",
             "person.key": "is not the key by which this store finds people",
             "signing.key": "is not the key in the directory's entry",
             "transport.key": "is not the key in the directory's entry"}
    for name, why in words.items():
        shutil.copy(theirs / name, keys / name)
        refuses(here, f"{name} of another agency", EX_CONFIG, [str(keys / name), why])
        (keys / name).unlink()
        refuses(here, f"{name} missing", EX_CONFIG, [str(keys / name), "No such file"])
        put_back()
        (keys / name).chmod(0o640)
        refuses(here, f"{name} open to others", EX_CONFIG, [str(keys / name), "chmod 600"])
        put_back()
    runs(here, "keys put back")
    # A key is added, the daemon seals with it, and a backup from before brings the older ring.
    with open(keys / "vault.keys", "a") as file:
        file.write(f"2 {os.urandom(32).hex()}\n")
    runs(here, "a new vault key")
    newer = (keys / "vault.keys").read_text()
    put_back()
    refuses(here, "vault.keys of an older backup", EX_CONFIG,
            [str(keys / "vault.keys"), "lacks key 2"])
    (keys / "vault.keys").write_text(newer.splitlines()[1] + "\n")
    refuses(here, "vault.keys without its first key", EX_CONFIG, ["lacks key 1"])
    (keys / "vault.keys").write_text(newer)
    runs(here, "the newer ring")
    if os.geteuid() == 0:
        test_owner(here)
    # The other agency's whole store.
    shutil.move(here.folder / "data", options.folder / "own-data")
    shutil.copytree(there.folder / "data", here.folder / "data")
    refuses(here, "the store of another agency", EX_CONFIG, [str(here.folder / "data")])


def test_owner(agency):
    """What root does in a service's folder stays the service's."""
    nobody = 65534
    owned = [agency.folder, *agency.folder.rglob("*")]
    for path in owned:
        os.chown(path, nobody, nobody)
    refuses(agency, "root starts a service's daemon", EX_CONFIG, [str(agency.folder / "data"),
                                                                  "belongs to another user"])
    added = agency.cli("user", "add", "wang", "--role", "clerk")
    if added.returncode:
        fault(f"root adds a user: {added.stderr}")
    for path in agency.folder.rglob("*"):
        if path.stat().st_uid != nobody:
            fault(f"{path} is root's, and the service cannot read it")
    for path in [agency.folder, *agency.folder.rglob("*")]:
        os.chown(path, 0, 0)
    runs(agency, "the folder is root's again")


# --- interrupted ---

def test_interrupted(options):
    agency = Agency(options, 0)
    agency.init()
    runs(agency, "an interrupted watermark",
         before=["strace", "-D", "-f", "-o", "/dev/null", "-e", "trace=pwrite64", "-e",
                 "inject=pwrite64:error=EINTR:when=1+2"])
    print("interrupted: done", flush=True)


# --- descriptors ---

def descriptors_of(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def test_descriptors(options):
    agency = Agency(options, 0)
    agency.init()
    refuses(agency, "256 descriptors", EX_CONFIG, ["only 256 file descriptors", "LimitNOFILE"],
            limits={resource.RLIMIT_NOFILE: (256, 256)})
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    runs(agency, "a low soft limit", limits={resource.RLIMIT_NOFILE: (64, most)})
    runs(agency, "as many as are needed", limits={resource.RLIMIT_NOFILE: (64, 2700)})
    agency.start()
    if not agency.ready():
        return fault("does not start")
    # From now on some few are left; connections take them all.
    few = descriptors_of(agency.process) + 3
    resource.prlimit(agency.process.pid, resource.RLIMIT_NOFILE, (few, few + 1000))
    taken = []
    for port in [agency.port + 1] * 20 + [agency.port] * 20:
        taken.append(socket.create_connection(("127.0.0.1", port)))
    agency.process.send_signal(signal.SIGHUP)
    time.sleep(3)
    if (code := agency.process.poll()) is not None:
        said = agency.said()
        print(f"no descriptor left: exit {code}")
        if code not in (EX_OSERR, EX_IOERR, EX_TEMPFAIL) or " critical " not in said:
            fault(f"without descriptors it ended with {code}: {said[-500:]}")
    else:
        for one in taken:
            one.close()
        resource.prlimit(agency.process.pid, resource.RLIMIT_NOFILE, (few + 1000, few + 1000))
        if not agency.ready():
            fault("descriptors came free again and it is not ready")
        print("no descriptor left: goes on, and is ready when there are some")
        if (code := agency.stop()) != 0:
            fault(f"stopped with {code}")


# --- threads and memory ---

def in_words(agency, what, signals=()):
    """Ends by an exit code, or one of these signals, and has said why; True if it came up instead."""
    if agency.ready(40):
        if (code := agency.stop()) not in (0, EX_OSERR, EX_IOERR):
            fault(f"{what}: stopped with {code}: {agency.said()[-400:]}")
        return True
    code, said = agency.ended(5), agency.said()
    reason = [line for line in said.splitlines() if " critical " in line]
    if (code not in (EX_OSERR, EX_UNAVAILABLE, EX_IOERR) and code not in signals) or not reason:
        fault(f"{what}: exit {code}: {said[-600:]}")
    else:
        print(f"{what}: exit {code}: {reason[-1][reason[-1].find('critical'):][:120]}", flush=True)
    return False


def test_threads(options):
    agency = Agency(options, 0)
    agency.init()

    def comes_up(number):  # if it gets none from this one on, counted on the thread that asks
        agency.start(before=["strace", "-D", "-f", "-o", "/dev/null", "-e", "trace=clone3", "-e",
                             f"inject=clone3:error=EAGAIN:when={number}+"])
        # libzmq aborts without its two: they are tried before, but may be gone a moment later.
        return in_words(agency, f"no thread from number {number} on", (-signal.SIGABRT,))

    # The store starts some hundred that end again; the last ones are those that stay.
    low, high = 1, 2
    while not comes_up(high) and high < 4096:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if comes_up(middle) else (middle, high)
    print(f"threads: comes up with {low}")
    for number in range(max(1, low - 12), low):
        if comes_up(number):
            fault(f"comes up with {number - 1} threads and not with {low - 1}")


def test_memory(options):
    agency = Agency(options, 0)
    agency.init()
    came_up = 0
    # What is mapped before the program begins is not its own to answer for.
    for mib in [*range(90, 400, 10), *range(400, 2400, 100)]:
        agency.start(limits={resource.RLIMIT_AS: (mib << 20, mib << 20)})
        # jemalloc and libzmq do not bear all of it: those end by their signal, and the log says so.
        if in_words(agency, f"{mib} MiB of address space", (-signal.SIGSEGV, -signal.SIGABRT)):
            came_up += 1
            if came_up == 2:
                return test_memory_while_running(agency)
    fault("does not start with 2 GiB of address space")


def test_memory_while_running(agency):
    """No more address space than it has: requests take what is left of it."""
    agency.start()
    if not agency.ready():
        return fault("does not start without a limit")
    pages = int(pathlib.Path(f"/proc/{agency.process.pid}/statm").read_text().split()[0])
    has = pages * os.sysconf("SC_PAGE_SIZE")
    resource.prlimit(agency.process.pid, resource.RLIMIT_AS, (has, has))
    head = b"POST /v1/letters:submit HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
    held = []  # each of them most of a body that is waited for
    for _ in range(250):
        try:
            connection = socket.create_connection(("127.0.0.1", agency.port + 1), timeout=5)
            held.append(connection)
            connection.sendall(head + b"0" * 999_000)
        except OSError:
            break
    time.sleep(1)
    for connection in held:
        connection.close()
    if (code := agency.process.poll()) is None:
        print("no more memory while running: it goes on")
        if (code := agency.stop()) not in (0, EX_OSERR, EX_IOERR):
            fault(f"without memory it stopped with {code}: {agency.said()[-300:]}")
        return
    print(f"no more memory while running: exit {code}: {agency.said().splitlines()[-1][:120]}")
    if code not in (EX_OSERR, EX_IOERR) or " critical " not in agency.said():
        fault(f"without memory it ended with {code}: {agency.said()[-300:]}")


TESTS = {"clock": test_clock, "keys": test_keys, "interrupted": test_interrupted,
         "descriptors": test_descriptors, "threads": test_threads, "memory": test_memory}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tests", nargs="*", metavar="TEST", help=", ".join(TESTS) + "; all of them")
    parser.add_argument("--bin", required=True, type=pathlib.Path, help="where jiexu and jiexud are")
    parser.add_argument("--clock", required=True, type=pathlib.Path, help="libjiexu_other_clock.so")
    parser.add_argument("--folder", required=True, type=pathlib.Path, help="made anew")
    parser.add_argument("--port-base", type=int, default=17680)
    options = parser.parse_args()
    options.bin, options.clock = options.bin.resolve(), options.clock.resolve()
    options.folder = options.folder.resolve()
    for name in options.tests or TESTS:
        shutil.rmtree(options.folder, ignore_errors=True)
        options.folder.mkdir(parents=True)
        TESTS[name](options)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
