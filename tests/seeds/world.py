"""Agencies on this machine for tests/seeds/run: real daemons under a clock of their own, people who have nothing but
`jiexu` and a token each, and a bank."""
import ctypes
import datetime
import importlib.util
import json
import mmap
import os
import pathlib
import re
import signal
import struct
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WAIT_S = 20
# Each day of the test, at nine in the morning (+8). 2026-09-20 is a Sunday on which people work, and two holidays
# lie before 2026-10-09: 10 working days after 2026-09-18 is 2026-10-09, 15 is 2026-10-15 (State Council's calendar).
DAYS = ["2026-09-18", "2026-09-21", "2026-09-22", "2026-09-23", "2026-10-09", "2026-10-12", "2026-10-16"]
ROLES = {"wang": "clerk", "zhou": "clerk", "li": "reviewer,finance", "zhao": "clerk,reviewer", "cai": "finance",
         "chu": "finance", "sun": "auditor", "qian": "operator", "wu": "operator"}


def ends_with_us():
    """In the child: the kernel ends it when this process is gone, also by SIGKILL."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Wrong(Exception):
    """What a person saw is not what they must see."""


def load_bank():
    spec = importlib.util.spec_from_file_location("bank", ROOT / "tests/e2e/bank.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def citizen_id(serial):
    """A number by GB 11643 that nobody has: the place is none any more."""
    body = f"61010419800101{serial:03d}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights)) % 11]


class Clock:
    """The wall clock of every program here; tests/faults/other_clock.cc reads it from the file."""

    def __init__(self, file):
        self.file = file
        file.write_bytes(struct.pack("q", 0))
        self.handle = open(file, "r+b")
        self.seen = mmap.mmap(self.handle.fileno(), 8)
        self.day = ""

    def set(self, day):
        moment = datetime.datetime.fromisoformat(day + "T09:00:00+08:00").timestamp()
        self.seen[:] = struct.pack("q", int(moment - time.time()))
        self.day = day


class Agency:
    def __init__(self, world, code, name, ports, account, language):
        self.world, self.code, self.name, self.account = world, code, name, account
        self.folder = world.folder / code
        self.link, self.api = ports
        self.accounts = [account, account[:-2] + "77"]  # the second one is in no directory
        self.language = language
        self.process = None

    def admin(self, *args, stdin=None):
        done = subprocess.run([self.world.bin / "jiexu", "--config", self.folder / "agency.toml", *args], input=stdin,
                              capture_output=True, text=True, env=self.world.environment)
        if done.returncode:
            raise Wrong(f"{self.code}: jiexu {' '.join(map(str, args))}: {done.stdout}{done.stderr}")
        return done.stdout

    def make(self):
        self.admin("init", self.folder, "--code", self.code, "--name", self.name, "--listen",
                   f"tcp://127.0.0.1:{self.link}", "--api", f"127.0.0.1:{self.api}", "--language", self.language,
                   "--bank-holder", self.name + "医保基金", "--bank-account", self.account, "--bank-name",
                   self.name + "银行", "--bank-cnaps", "102100099996", "--contact", "转移科", "--phone", "0000-0000000",
                   "--address", self.name + "中路1号", "--postcode", "350000")
        for person, role in ROLES.items():
            token = self.folder / f"{person}.token"
            token.touch(mode=0o600)
            token.write_text(self.admin("user", "add", person, "--role", role).split()[-1])

    def know(self, other):
        file = self.folder / f"{other.code}.toml"
        file.write_text(other.admin("directory", "export"))
        self.admin("directory", "add", str(file))

    def configure(self, key, value):
        config = self.folder / "agency.toml"
        config.write_text(re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", config.read_text()))

    def start(self):
        self.log = open(self.folder / "log", "w")
        self.process = subprocess.Popen([self.world.bin / "jiexud", "--config", self.folder / "agency.toml"],
                                        stdout=self.log, stderr=self.log, env=self.world.environment,
                                        start_new_session=True, preexec_fn=ends_with_us)

    def stop(self):
        """Its process and its gate: both are in one group, which is ours."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.terminate()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            return self.process.wait()


class World:
    def __init__(self, binaries, clock_library, folder, port_base):
        self.bin, self.folder, self.port = binaries, folder, port_base
        self.clock = Clock(folder / "ahead")
        self.clock.set(DAYS[0])
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LD_PRELOAD": str(clock_library),
                            "JIEXU_CLOCK_AHEAD": str(self.clock.file), "NO_COLOR": "1"}
        self.agencies = []
        self.bank = Bank(self)
        self.lock = threading.Lock()
        self.people = 0

    def add(self, code, name, account, language):
        base = self.port + 2 * len(self.agencies)
        self.agencies.append(Agency(self, code, name, (base, base + 1), account, language))
        return self.agencies[-1]

    def next_person(self):
        with self.lock:
            self.people += 1
            return self.people

    def wait_for_links(self):
        for agency in self.agencies:
            until = time.monotonic() + WAIT_S
            while True:
                done = subprocess.run(
                    [self.bin / "jiexu", "--config", agency.folder / "agency.toml", "--json", "peer", "list"],
                    capture_output=True, text=True, env=self.environment)
                peers = json.loads(done.stdout or "{}").get("peers", [])
                if peers and all(peer["state"] in ("flowing", "by_mail") for peer in peers):
                    break
                if time.monotonic() > until or agency.process.poll() is not None:
                    log = (agency.folder / "log").read_text()
                    raise Wrong(f"{agency.code} is not ready: {done.stdout}{done.stderr}\n{log[-2000:]}")
                time.sleep(0.05)

    def stop(self):
        return [code for code in [agency.stop() for agency in self.agencies] if code]


class Desk:
    """A person's place: an agency, who it is, in which language they read. Keeps all that was seen."""

    def __init__(self, play, agency, person):
        self.play, self.agency, self.person = play, agency, person

    def run(self, *args, fails=0, stdin=None):
        world = self.agency.world
        locale = {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}[self.play.language]
        command = [world.bin / "jiexu", "--config", self.agency.folder / "agency.toml", "--token-file",
                   self.agency.folder / f"{self.person}.token", *args]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True,
                              env={**world.environment, "LC_ALL": locale})
        seen = done.stdout + done.stderr
        self.play.note(f"$ [{self.agency.name} {self.person}] jiexu {' '.join(map(str, args))}\n{seen}")
        if "--json" not in args:
            self.play.read(seen)
        if done.returncode != fails:
            raise Wrong(f"exit code {done.returncode}, expected {fails}")
        self.out = done.stdout
        return seen

    def json(self, *args):
        self.run("--json", *args)
        return json.loads(self.out)

    def until(self, expected, *args):
        """Asks again until it is there: the other agency's answer is on its way."""
        end = time.monotonic() + WAIT_S
        while True:
            seen = self.run(*args)
            if expected in seen:
                return seen
            if time.monotonic() > end:
                raise Wrong(f"waited in vain for: {expected}")
            time.sleep(0.1)


class Bank:
    """Every agency's bank: pays what it is ordered, and writes statements."""

    def __init__(self, world):
        self.world = world
        self.module = load_bank()
        self.state = {"round": 0, "lines": 0, "had": [], "files": [], "due": [], "journal": ""}
        self.bounces = {}  # letter: reason
        self.paid_in = []  # (account, payer, payer's account, fen, remark) from outside

    def works(self, orders):
        """One round of bookings. Returns the statement files by account."""
        bank = self.module.Bank(self.state, [])
        for order in orders:
            for payment in self.module.read_orders(order):
                reason = self.bounces.get(payment["id"][:20])
                bank.pay(payment, {"what": "return", "argument": reason} if reason else {"what": ""})
        for account, name, other, fen, remark in self.paid_in:
            bank.book(0, {"account": account}, {"account": other, "name": name}, fen, [{"id": "", "fen": fen}],
                      remark=remark)
        self.paid_in = []
        files = {}
        for account, lines in bank.told_now().items():
            files[account] = self.world.folder / f"{account}-{bank.now}.xml"
            files[account].write_text(
                self.module.statement(account, lines, bank.now, self.world.clock.day))
        return files
