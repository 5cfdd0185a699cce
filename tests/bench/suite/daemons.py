"""Two or more real daemons, by jiexu-exchange."""
from .machine import LETTERS, Machine
from .registry import bench
from .table import Row, of_limit

SIZES = (1024, 300)


@bench("limit", seconds=10)
def limit(machine):
    "what this machine could do at best with the same bytes"
    for size in SIZES:
        yield Row(f"limit, {size:,} B", machine.limit(size))


@bench("letters", seconds=40)
def letters(machine):
    "letters one way as fast as they go, from bulk submission until durable at the receiver"
    for size in SIZES:
        row = machine.letters(size)
        parts = f"sender {row['sender_cpu_us']:.1f}, receiver {row['receivers_cpu_us']:.1f} µs"
        yield Row(f"letters, {size:,} B", row, of_limit(row, machine.limit(size)), parts)


@bench("latency", seconds=15)
def latency(machine):
    "200 letters a second one by one, each from when it was due until applied at the receiver"
    row = machine.exchange("latency", 2_000)["latency"]
    yield Row("letters at 200/s, 1,024 B", row, note=latency_note(row))


def latency_note(row):
    return (f"accepted {row['accept_p50_ms']:.2f} / {row['accept_p99_ms']:.2f}, "
            f"applied {row['apply_p50_ms']:.2f} / {row['apply_p99_ms']:.2f} after that")


@bench("cases", seconds=30)
def cases(machine):
    "whole cases both ways, from application to closing, with money; clerks act through the API"
    row = machine.exchange("cases", 3_000)["cases"]
    yield Row("whole cases, both ways", row,
              note=f"{row['messages_per_case']:.0f} messages a case, figures are by case; "
                   f"{row['written_kib_per_case']:.0f} KiB written")


@bench("fan-out", seconds=60)
def fan_out(machine):
    "letters to 8 agencies and to 100"
    yield from to_peers(machine, 8, 100)


@bench("fan-out-400", seconds=180, normal=False)
def fan_out_400(machine):
    "letters to 400 agencies, all running here, from one with 1,000,000 open cases"
    yield from to_peers(machine, 400, open_cases=machine.count(1_000_000))


def to_peers(machine, *counts, open_cases=0):
    base = machine.letters(1024)
    over = f", over {open_cases:,} open cases" if open_cases else ""
    for peers in counts:
        rows = machine.exchange("letters", LETTERS, "--peers", peers, "--open-cases", open_cases)
        row = rows["letters"] | rows["letters-parts"]
        row["rss_mib"] = row["sender_rss_mib"]
        yield Row(f"letters to {peers} agencies{over}", row,
                  f"{row['per_second'] / base['per_second']:.2f} of one agency",
                  f"MiB: the sender's, highest; {rows['start']['rss_mib']:.0f} before the letters")


@bench("dead-peer", seconds=240, normal=False)
def dead_peer(machine):
    "1,000,000 letters for an agency that is down, and what another one notices of it"
    row = machine.exchange("dead-peer", 1_000_000, "--peers", 2)["dead-peer"]
    row["rss_mib"] = row["peak_rss_mib"]
    yield Row(f"{row['queued']:,.0f} letters for a dead agency", row,
              f"{row['queued_p50_ms'] / row['p50_ms']:.2f} of the other's p50, "
              f"{row['queued_p99_ms'] / row['p99_ms']:.2f} of its p99",
              f"{row['queued_rss_mib'] - row['idle_rss_mib']:.0f} MiB above idle; first one "
              f"{row['first_seconds']:.2f} s after its return; idle {row['idle_cpu_percent']:.2f} -> "
              f"{row['queued_cpu_percent']:.2f} % CPU, peers answered in {row['peers_ms']:.2f} -> "
              f"{row['queued_peers_ms']:.2f} ms")


@bench("open-cases", seconds=60)
def open_cases(machine):
    "letters over 10,000 and over 1,000,000 open cases at each end"
    few = None
    for cases in (10_000, 1_000_000):
        cases = machine.count(cases)
        rows = machine.exchange("letters", LETTERS, "--open-cases", cases)
        row = rows["letters"] | rows["letters-parts"]
        row |= {key: rows["start"][key] for key in ("rss_mib", "ready_seconds")}
        few = few or row
        yield Row(f"letters over {cases:,} open cases", row,
                  f"{row['per_second'] / few['per_second']:.2f} of the fewest",
                  f"ready {row['ready_seconds']:.2f} s after its start; peak "
                  f"{row['sender_rss_mib']:.0f} MiB")


@bench("allocations", seconds=10)
def allocations(machine):
    "heap allocations a letter, both ends"
    row = machine.exchange("letters", 20_000, "--allocations")["letters"]
    yield Row("allocations", {"allocations": row["allocations"]},
              note=f"{row['allocations']:.0f} a letter, both ends")


@bench("instructions", seconds=150, normal=False, needs="valgrind")
def instructions(machine):
    "processor instructions a letter at each end, counted by callgrind"
    few, many = 2_000, 6_000
    # What does not depend on the number of letters, such as the start, falls out of the difference.
    first, second = (count_instructions(machine, letters) for letters in (few, many))
    each = {end: (second[end] - first[end]) / (many - few) for end in first}
    figures = {f"{end}_instructions": count for end, count in each.items()}
    yield Row("instructions, 1,024 B", figures,
              note=", ".join(f"{end} {count:,.0f}" for end, count in each.items()) + " a letter; "
                   "valgrind hides the processor's SHA-256 and has it done in software")


def count_instructions(machine, letters):
    """Of both daemons, from their start to their end."""
    def out(agency):
        return machine.folder / f"callgrind.{agency}"
    whole = Machine(machine.build, machine.folder, port_base=machine.port_base)  # whatever --quick
    whole.exchange("letters", letters, "--under", "/usr/bin/valgrind --tool=callgrind "
                   f"--callgrind-out-file={out('AGENCY')}")
    sums = {}
    for end, agency in (("sender", "S41131010001"), ("receiver", "S41131010002")):
        totals = [line for line in out(agency).read_text().splitlines() if line.startswith("totals:")]
        sums[end] = sum(int(line.split()[1]) for line in totals)
    return sums


@bench("slow-disk", seconds=40, normal=False)
def slow_disk(machine):
    "letters when each sync takes 5 ms longer, and what is kept of the speed"
    fast = machine.letters(1024)
    slow = machine.letters(1024, slow_fsync=machine.slow_fsync + 5)
    yield Row("letters, syncs 5 ms slower", slow,
              f"{slow['per_second'] / fast['per_second']:.2f} of the speed kept",
              of_limit(slow, machine.limit(1024, machine.slow_fsync + 5)))
