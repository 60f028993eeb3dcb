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
from clock import Cost, in_words
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


def promises(speeds: Mapping[str, Speed], fresh: Mapping[str, Cost]) -> list[Line]:
    """What detente promises about speed and memory, under the elasticities that are hardest to solve with."""
    speed, imports = speeds["CP"], fresh["imports"]
    more = fresh["counterfactual"].memory - imports.memory

    def times(what: str, found: float, most: float, digits: int = 1) -> Line:
        return Line(what, f"{found:.{digits}f} ×", f"at most {most:g} ×", found <= most)

    return [
        Line(
            "nested loops in NumPy, as published codes solve, over a warm solve",
            f"{speed.published_to_solve:.0f} ×",
            "at least 50 ×",
            speed.published_to_solve >= 50,
        ),
        times("a warm solve over one pass in NumPy", speed.solve_to_pass, 150, 0),
        times("a warm solve with two varieties in every goods cell, over one without", speed.parted_to_solve, 1.15, 2),
        times("a solve with 20 quotas, over a warm solve without", speed.quotas_to_solve, 4, 2),
        times("a compiled solve, as batches run it, over one pass in NumPy", speed.compiled_to_pass, 28),
        times("solve and gradient over a warm solve", speed.gradient_to_solve, 3, 2),
        times(
            "CPU of a fresh process that solves one counterfactual, over importing numpy and pandas",
            fresh["counterfactual"].seconds / imports.seconds,
            2,
            2,
        ),
        Line("its memory beyond that of the import", f"{more:.0f} MiB", "at most 80 MiB", more <= 80),
        times("CPU of `detente run us-china-2018` over that import", fresh["run"].seconds / imports.seconds, 3.5, 2),
        times(
            "its CPU with an empty cache over that with a filled one",
            fresh["run, cold"].seconds / fresh["run"].seconds,
            1.3,
            2,
        ),
        times("CPU of `detente --help` over that import", fresh["help"].seconds / imports.seconds, 1, 2),
    ]


def write(speeds: Mapping[str, Speed], fresh: Mapping[str, Cost], scaling: pd.DataFrame) -> list[Line]:
    """Write the page and its chart; gives the promises back."""
    lines = promises(speeds, fresh)
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
        bandwidth=SHARES_BYTES / speeds["CP"].numpy_pass.median / 1e9,
        fresh=fresh_rows(fresh),
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
        "warm solve in NumPy, shock in, audited solution out": "solve",
        "the same with two varieties in every goods cell": "parted",
        "the same with a quota on each of 20 cells": "quotas",
        "a warm solve compiled by JAX, arrays in, arrays out": "compiled",
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


def fresh_rows(fresh: Mapping[str, Cost]) -> list[tuple[str, str, str, str]]:
    """A fresh process: its CPU seconds, those over importing numpy and pandas, and its memory."""
    said = {
        "imports": "`import numpy, pandas`",
        "counterfactual": "load, calibrate, one audited counterfactual",
        "run": "`detente run us-china-2018`",
        "run, cold": "the same, empty cache",
        "gradient": "a gradient over every tariff",
        "gradient, cold": "the same, empty cache",
        "help": "`detente --help`",
    }
    base = fresh["imports"].seconds
    return [
        (what, f"{fresh[name].seconds:.2f} s", f"{fresh[name].seconds / base:.2f}", f"{fresh[name].memory:.0f} MiB")
        for name, what in said.items()
    ]


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
