"""Money without daemons: bank files."""
from .registry import bench
from .table import Row


@bench("bank-file", seconds=15)
def bank_file(machine):
    "reading a statement (camt.053) of a million entries"
    row = machine.run("jiexu-bank-file", "--entries", machine.count(1_000_000))["bank-file"]
    row["cpu_us"] = 1e6 / row["per_second"]
    row["rss_mib"] = row["rss_peak_mib"]
    yield Row(f"entries of a camt.053 of {row['file_mib']:,.0f} MiB", row, note="MiB: peak")


@bench("matcher", seconds=15)
def matcher(machine):
    "bank lines against a million open instructions, on one core"
    row = machine.run("jiexu-matcher", "--lines", machine.count(200_000))["matcher"]
    row["cpu_us"] = 1e6 / row["per_second"]
    yield Row(f"bank lines matched against {row['instructions']:,.0f}", row)
