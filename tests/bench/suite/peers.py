"""What an agency would use instead of Jiexu, under the same load: speed, cost, and what is left after
disasters."""
import os
import subprocess
import time

from .disaster import Kill, PowerCut
from .jiexu_pair import Jiexu
from .mosquitto import Mosquitto
from .nats import Nats
from .postgresql import PostgreSql
from .rabbitmq import RabbitMq
from .registry import bench
from .table import Row

SYSTEMS = (RabbitMq, Nats, PostgreSql, Mosquitto)
OFFERED_SECONDS = 8
STRIKE_SECONDS = 3


def throughput(servers, machine):
    """A first run tells the speed and warms up; a second takes as long as it should."""
    arguments = ["--servers", *(process.pid for process in servers.processes.values())]
    if servers.preload:
        arguments += ["--counters", servers.counters]
    first = machine.count(servers.first_messages)
    rate = servers.load("throughput", "--messages", first)["throughput"]["per_second"]
    count = max(first, machine.count(rate * servers.message_seconds))
    rows = servers.load("throughput", "--first", first, "--messages", count, *arguments)
    return rows["throughput"] | rows["parts"], first + count


def measure(system, machine, size):
    """A row of the table."""
    with system(machine, size) as servers:
        servers.start_all()
        figures, used = throughput(servers, machine)
        if size == 1024:
            figures |= servers.load("latency", "--first", used, "--messages", machine.count(2_000),
                                    "--per-second", 200)["latency"]
        figures |= servers.syncs(machine)
    times = machine.letters(size)["per_second"] / figures["per_second"]
    return Row(f"{system.title}, {size:,} B", figures, f"Jiexu {times:.1f} ×", system.durability)


def compare(machine, *systems):
    for size in (1024, 300):
        for system in systems:
            yield measure(system, machine, size)


@bench("peers", seconds=280, normal=False, needs="peers")
def peers(machine):
    "RabbitMQ, NATS, PostgreSQL with a relay, Mosquitto: the same letters, TLS between the ends"
    yield from compare(machine, *SYSTEMS)


def one(system):
    def run(machine):
        yield from compare(machine, system)
    run.__doc__ = f"of these only {system.title}"
    bench(system.name, seconds=70, normal=False, needs="peers", part_of="peers")(run)


for each in SYSTEMS:
    one(each)


def survive(system, disaster, node, machine):
    """Offers messages for some seconds, with a disaster in between, never sending one twice; then
    counts at B those that A had acknowledged."""
    with system(machine, 1024) as servers, disaster(servers, node) as struck:
        servers.start_all()
        os.sync()  # the set-up is old when the disaster comes
        acknowledged = servers.folder / "acknowledged"
        messages = servers.load_per_second * OFFERED_SECONDS
        load = subprocess.Popen(
            servers.load_command("publish", "--messages", messages, "--per-second",
                                 servers.load_per_second, "--acknowledged", acknowledged),
            stdout=subprocess.DEVNULL)
        time.sleep(STRIKE_SECONDS)
        struck.strike()
        servers.start(node)
        if load.wait(120) != 0:
            raise RuntimeError(f"{system.title}: the load did not survive {disaster.what} of {node}")
        figures = servers.load("drain", "--acknowledged", acknowledged)["drain"]
    sound = figures["lost"] == 0 and figures["doubled"] == 0
    return Row(f"{system.title}: {disaster.what} of {node}", figures,
               note=("" if sound else "NOT exactly once; ") + system.durability)


def disasters(machine, *systems):
    cuts = [Kill, PowerCut] if os.geteuid() == 0 else [Kill]
    for system in systems:
        for disaster in cuts:
            for node in ("A", "B"):
                yield survive(system, disaster, node, machine)
    if PowerCut not in cuts:
        yield Row("power cut", {}, note="not done: needs root for a file system of its own")


@bench("disasters", seconds=120, normal=False)
def own_disasters(machine):
    "Jiexu killed, and its power cut, while letters flow: lost and doubled of those acknowledged"
    yield from disasters(machine, Jiexu)


@bench("disasters-peers", seconds=500, normal=False, needs="peers")
def peers_disasters(machine):
    "the same with those that an agency would use instead"
    yield from disasters(machine, *SYSTEMS)
