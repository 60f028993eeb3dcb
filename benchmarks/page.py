"""Measurements → docs/benchmarks.md and its chart, which `make bench` writes anew."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import jinja2
import pandas as pd
from clock import Timing, in_words
from speed import Speed

ROOT = Path(__file__).resolve().parents[1]
PAGE, CHART = ROOT / "docs/benchmarks.md", ROOT / "docs/benchmarks-scaling.svg"
SHARES_BYTES = 81 * 81 * 28 * 8
"""Of the trade shares of icio-2017 in 64 bits."""
TEMPLATE = Path(__file__).with_name("page.md.j2")


@dataclass(frozen=True)
class Line:
    """One promise: what was measured, what is required, and whether it is met."""

    what: str
    found: str
    required: str
    met: bool

    def row(self) -> str:
        return f"| {self.what} | {self.found} | {self.required} | {'yes' if self.met else '**no**'} |"


def promises(speed: Speed, fresh: Mapping[str, float], startup: Mapping[str, Timing]) -> list[Line]:
    """The lines of the acceptance list, in its order."""
    memory = fresh["peak_megabytes"]

    def seconds(what: str, name: str, most: float) -> Line:
        found = startup[name].median
        return Line(what, in_words(found), f"under {most:g} s", found < most)

    return [
        Line(
            "nested loops in NumPy, as published codes solve, over a warm solve",
            f"{speed.published_to_solve:.0f} ×",
            "at least 50 ×",
            speed.published_to_solve >= 50,
        ),
        Line(
            "a warm solve over one pass in NumPy",
            f"{speed.solve_to_pass:.0f} ×",
            "at most 150 ×",
            speed.solve_to_pass <= 150,
        ),
        Line(
            "solve and gradient over a warm solve",
            f"{speed.gradient_to_solve:.2f} ×",
            "at most 3 ×",
            speed.gradient_to_solve <= 3,
        ),
        Line("peak memory of a process that does both", f"{memory:.0f} MB", "under 1000 MB", memory < 1000),
        seconds("`detente --help`", "help", 0.3),
        seconds("`detente run us-china-2018`, empty compilation cache", "cold", 10),
        seconds("`detente run us-china-2018`, filled compilation cache", "warm", 3),
    ]


def write(
    speeds: Mapping[str, Speed], fresh: Mapping[str, float], startup: Mapping[str, Timing], scaling: pd.DataFrame
) -> list[Line]:
    """Write the page and its chart; gives the promises back."""
    lines = promises(speeds["CP"], fresh, startup)
    chart(scaling).save(CHART)
    sizes = scaling.drop_duplicates(["economies", "sectors"]).sort_values(["economies", "sectors"])
    page = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True).from_string(
        TEMPLATE.read_text(encoding="utf-8")
    )
    text = page.render(
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        machine=platform.machine(),
        python=platform.python_version(),
        lines=lines,
        speeds=speeds,
        times=times(speeds),
        multiples=multiples(speeds["CP"], fresh, startup),
        bandwidth=SHARES_BYTES / speeds["CP"].numpy_pass.median / 1e9,
        memory=fresh["peak_megabytes"],
        memory_in_shares=1e6 * fresh["peak_megabytes"] / SHARES_BYTES,
        fresh=fresh,
        cp=speeds["CP"],
        chart=CHART.name,
        sizes=list(sizes.itertuples()),
        words=in_words,
    )
    PAGE.write_text(text, encoding="utf-8")
    return lines


def times(speeds: Mapping[str, Speed]) -> dict[str, list[str]]:
    """The rows of the table of times, one cell an elasticity set."""
    of = {
        "one pass in NumPy, `(pi * (c[None] ** -theta)).sum(1)`": "numpy_pass",
        "warm solve": "solve",
        "solve and gradient over every tariff": "gradient",
        "gradient alone, the solution at hand": "adjoint",
        "nested loops in NumPy, as published codes solve": "published_form",
        "nested loops in NumPy, the quickest we could write": "quickest_form",
    }
    passes = {"passes to the fixed point": [cell for speed in speeds.values() for cell in (str(speed.passes), "")]}
    return passes | {what: [c for speed in speeds.values() for c in _cells(speed, name)] for what, name in of.items()}


def _cells(speed: Speed, name: str) -> tuple[str, str]:
    """A time, and how many NumPy passes over the trade shares it is worth."""
    seconds = getattr(speed, name).median
    return in_words(seconds), f"{seconds / speed.numpy_pass.median:,.0f}"


def multiples(
    speed: Speed, fresh: Mapping[str, float], startup: Mapping[str, Timing]
) -> list[tuple[str, str, str, str]]:
    """A fresh process: its times over a counterfactual in plain NumPy, its memory over that of the trade shares."""
    seconds = {
        "import, load and calibrate": fresh["import_and_calibrate"],
        "compile the solve": fresh["compile_solve"],
        "compile the gradient": fresh["compile_gradient"],
        "`detente run us-china-2018`, empty cache": startup["cold"].median,
        "`detente run us-china-2018`, filled cache": startup["warm"].median,
    }
    plain, one = speed.quickest_form.median, speed.numpy_pass.median
    return [(what, in_words(t), f"{t / plain:.1f}", f"{t / one:,.0f}") for what, t in seconds.items()]


def chart(scaling: pd.DataFrame) -> alt.Chart:
    """Warm solve in milliseconds against the number of trade shares, N²·J."""
    table = scaling.assign(
        shares=scaling["economies"] ** 2 * scaling["sectors"],
        milliseconds=1000 * scaling["solve"],
        label=scaling["economies"].astype(str) + " × " + scaling["sectors"].astype(str),
        growing=scaling["series"].map(
            {
                "economies": "more economies (28 sectors)",
                "sectors": "more sectors (81 economies)",
                "both": "both at their largest",
            }
        ),
    )
    log = {"type": "log", "nice": False}
    base = alt.Chart(table).encode(
        x=alt.X("shares:Q", title="trade shares, N² · J").scale(**log, domainMax=4_000_000).axis(grid=False),
        y=alt.Y("milliseconds:Q", title="warm solve, ms").scale(**log).axis(grid=False),
        color=alt.Color("growing:N", title=None),
    )
    points = base.mark_line(point=True)
    names = base.mark_text(align="left", dx=6, dy=8, fontSize=9).encode(text="label:N")
    return (points + names).properties(width=560, height=320)
