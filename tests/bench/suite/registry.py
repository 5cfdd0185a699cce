"""Names of benchmarks. A benchmark is a generator of table.Row, given a machine.Machine:

    @bench("letters", seconds=60)
    def letters(machine):
        "one way, as fast as it goes"
        yield Row(...)
"""
import dataclasses
import typing

BENCHES = {}


@dataclasses.dataclass(frozen=True)
class Bench:
    name: str
    run: typing.Callable
    seconds: int  # about, on two cores
    normal: bool  # part of a run that names none
    needs: str  # "peers" or "valgrind": an option of ops/setup, which then installs them
    part_of: str  # a benchmark that does the same and more

    @property
    def about(self):
        return self.run.__doc__.strip()


def bench(name, seconds, normal=True, needs="", part_of=""):
    def register(function):
        assert name not in BENCHES, name
        BENCHES[name] = Bench(name, function, seconds, normal, needs, part_of)
        return function
    return register


def chosen(names):
    """Benchmarks by name, in the order of the registry; all normal ones if no name is given."""
    if not names:
        return [bench for bench in BENCHES.values() if bench.normal]
    return [bench for bench in BENCHES.values()
            if bench.name in names or ("all" in names and not bench.part_of)]
