"""What ops/bench runs: benchmarks by name (registry.py) and the one table they fill (table.py).

To add one: a function with @bench in a module that is imported at the end of this file."""
from . import cases, daemons, funds, peers  # noqa: F401
