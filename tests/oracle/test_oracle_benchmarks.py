"""The benchmark page says what was measured, and a promise that is not kept is not hidden."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pandas as pd
import pytest


@pytest.fixture
def bench(root, monkeypatch):
    """The modules of `benchmarks/`, which are programs, not a package."""
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    return SimpleNamespace(**{name: import_module(name) for name in ("clock", "page", "speed", "fresh")})


@pytest.fixture
def measured(bench):
    def timing(seconds: float):
        return bench.clock.Timing((seconds, seconds, seconds))

    def speed(solve_to_pass: float):
        times = ("numpy_pass", "solve", "gradient", "adjoint", "published_form", "quickest_form")
        ratios = {"gradient_to_solve": 2.0, "published_to_solve": 300.0, "quickest_to_solve": 5.0}
        return bench.speed.Speed(
            elasticities="CP",
            passes=60,
            solve_to_pass=solve_to_pass,
            **ratios,
            **{name: timing(0.01) for name in times},
        )

    fresh = {"peak_megabytes": 500.0, "import_and_calibrate": 1.0, "compile_solve": 1.0, "compile_gradient": 1.0}
    startup = {"help": timing(0.2), "cold": timing(7.0), "warm": timing(2.0)}
    return SimpleNamespace(speed=speed, fresh=fresh, startup=startup)


def test_tasks_are_run_in_turn_and_warm_rounds_do_not_count(bench):
    order = []
    tasks = {"a": lambda: order.append("a"), "b": lambda: order.append("b")}
    times = bench.clock.in_turn(tasks, rounds=3, warm=2)
    assert order == ["a", "b"] * 5
    assert len(times["a"].seconds) == 3


def test_a_ratio_compares_single_rounds(bench):
    drifting = bench.clock.Timing((1.0, 2.0, 4.0))
    assert bench.clock.ratio(drifting, bench.clock.Timing((0.1, 0.2, 0.4))) == pytest.approx(10)
    assert bench.clock.ratio(drifting, bench.clock.Timing((1.0,))) == pytest.approx(2)


def test_times_are_written_as_people_do(bench):
    assert bench.clock.in_words(1.234) == "1.23 s"
    assert bench.clock.in_words(0.0123) == "12.3 ms"


def test_a_promise_that_is_not_kept_shows(bench, measured):
    kept = bench.page.promises(measured.speed(60.0), measured.fresh, measured.startup)
    assert all(line.met for line in kept)
    missed = bench.page.promises(measured.speed(151.0), measured.fresh, measured.startup)
    assert [line.what for line in missed if not line.met] == ["a warm solve over one pass in NumPy"]
    assert any("**no**" in line.row() for line in missed)


def test_the_page_is_written_with_its_chart(bench, measured, tmp_path, monkeypatch):
    monkeypatch.setattr(bench.page, "PAGE", tmp_path / "benchmarks.md")
    monkeypatch.setattr(bench.page, "CHART", tmp_path / "scaling.svg")
    one = {"series": "economies", "economies": 81, "sectors": 28, "passes": 60, "solve": 0.02, "numpy_pass": 1e-4}
    scaling = pd.DataFrame([one | {"first": 1.5}, one | {"economies": 20, "first": 1.5}])
    speeds = {"CP": measured.speed(60.0), "U4": measured.speed(50.0)}
    bench.page.write(speeds, measured.fresh, measured.startup, scaling)
    text = (tmp_path / "benchmarks.md").read_text()
    assert "| 81 × 28 | 60 | 20 ms | 200 | 1.48 s |" in text
    assert "300 ×" in text
    assert (tmp_path / "scaling.svg").read_text().startswith("<svg")


def test_a_fresh_process_reports_memory(bench):
    assert 1 < bench.fresh.peak_megabytes() < 100_000
