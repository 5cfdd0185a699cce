"""The build under measurement, a folder on a real disk, and the programs of tests/bench."""
import dataclasses
import functools
import json
import os
import pathlib
import subprocess

# An agency has 99,999 letter numbers a day. The limit gets as many messages, so that both write as
# much to tables.
LETTERS = 90_000


@dataclasses.dataclass
class Machine:
    build: pathlib.Path
    folder: pathlib.Path  # not in memory: there a sync costs nothing
    scale: float = 1.0  # of every number of messages
    slow_fsync: int = 0  # ms that each sync takes longer
    port_base: int = 17600

    @property
    def preload(self):
        return self.build / "tests/bench/libjiexu_bench_preload.so"

    def count(self, messages):
        return max(1, int(messages * self.scale))

    def counters(self):
        """A new file for preload.cc to count into, and the environment that makes it."""
        path = self.folder / "counters"
        path.write_bytes(bytes(24))
        path.chmod(0o666)  # of servers that drop root
        return path, {"LD_PRELOAD": str(self.preload), "JIEXU_BENCH_COUNTERS": str(path),
                      "JIEXU_BENCH_SYNC_MS": str(self.slow_fsync)}

    def run(self, program, *arguments, **environment):
        """Runs one of our programs; its result lines by name."""
        done = subprocess.run([self.build / "bin" / program, *map(str, arguments)], check=True,
                              stdout=subprocess.PIPE, text=True, env=os.environ | environment)
        return {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}

    @functools.cache
    def limit(self, size, slow_fsync=None):
        """What this machine could do at best with messages of this size; measured once a run."""
        _, environment = self.counters()
        environment["JIEXU_BENCH_SYNC_MS"] = str(self.slow_fsync if slow_fsync is None else slow_fsync)
        return self.run("jiexu-limit", "--messages", self.count(LETTERS), "--bytes", size,
                        "--folder", self.folder / "limit", **environment)["limit"]

    @functools.cache
    def letters(self, size, slow_fsync=None):
        """Two daemons, letters one way; measured once a run."""
        rows = self.exchange("letters", LETTERS, "--bytes", size, slow_fsync=slow_fsync)
        return rows["letters"] | rows["letters-parts"]

    def exchange(self, mode, messages, *more, slow_fsync=None):
        slow = self.slow_fsync if slow_fsync is None else slow_fsync
        return self.run("jiexu-exchange", mode, "--messages", self.count(messages),
                        "--preload", self.preload, "--folder", self.folder / "exchange",
                        "--slow-fsync", slow, "--port-base", self.port_base, *more)

    __hash__ = object.__hash__
