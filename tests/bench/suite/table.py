"""The one table: rows of named figures, printed as Markdown."""
import dataclasses


@dataclasses.dataclass
class Row:
    what: str
    figures: dict  # as the programs print them
    ratio: str = ""  # to another row of the same run
    note: str = ""
    bench: str = ""  # set by ops/bench


def number(value, digits=1):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{digits}f}"


def pair(figures, first, second):
    if first not in figures:
        return ""
    return f"{figures[first]:.2f} / {figures[second]:.2f}"


def single(key, digits=1):
    return lambda figures: number(figures[key], digits) if key in figures else ""


# Heading, and its cell from a row's figures.
COLUMNS = [
    ("a second", single("per_second", 0)),
    ("CPU µs each", single("cpu_us")),
    ("+ its load µs", single("load_cpu_us")),
    ("syncs/1,000", single("syncs_per_1000")),
    ("B written/B", single("written_per_byte")),
    ("p50 / p99 ms", lambda figures: pair(figures, "whole_p50_ms", "whole_p99_ms")),
    ("MiB", single("rss_mib", 0)),
    ("acknowledged", single("acknowledged", 0)),
    ("lost", single("lost", 0)),
    ("doubled", single("doubled", 0)),
]


def of_limit(row, limit):
    """How a row compares with the limit that was measured in the same run."""
    return (f"{row['per_second'] / limit['per_second']:.2f} of limit, "
            f"{row['cpu_us'] / limit['cpu_us']:.1f} × its CPU")


def markdown(rows):
    used = [(head, cell) for head, cell in COLUMNS if any(cell(row.figures) for row in rows)]
    lines = [["what", *(head for head, _ in used), "ratio", "note"]]
    lines.append(["---"] + ["---:"] * len(used) + ["---", "---"])
    for row in rows:
        lines.append([row.what, *(cell(row.figures) for _, cell in used), row.ratio, row.note])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
