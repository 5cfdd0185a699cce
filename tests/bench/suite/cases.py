"""Deciding alone: cases without daemons, store or link."""
from .registry import bench
from .table import Row


@bench("step", seconds=15)
def step(machine):
    "step() over the straight life of a case at both agencies, on one core"
    row = machine.run("jiexu-step", "--lives", machine.count(100_000))["step"]
    row["cpu_us"] = 1e6 / row["per_second"]
    yield Row(f"step(), a form of {row['rows']:.0f} rows", row,
              note=f"{row['allocations']:.1f} allocations each; with the case copied before each, as"
                   f" the engine does, {row['per_second_with_copy']:,.0f} a second; with forms of 480"
                   f" rows {row['per_second_480_rows']:,.0f}")
