"""The benchmark page says what was measured, and a promise that is not kept is not hidden."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import detente as dt


@pytest.fixture
def bench(root, monkeypatch):
    """The modules of `benchmarks/`, which are programs, not a package."""
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    return SimpleNamespace(**{name: import_module(name) for name in ("clock", "page", "speed", "fresh", "worlds")})


@pytest.fixture
def measured(bench):
    def timing(seconds: float):
        return bench.clock.Timing((seconds, seconds, seconds))

    def speed(solve_to_pass: float):
        times = ("numpy_pass", "solve", "compiled", "gradient", "adjoint", "published_form", "quickest_form", "parted")
        times += ("quotas",)
        ratios = {
            "gradient_to_solve": 2.0,
            "parted_to_solve": 1.05,
            "quotas_to_solve": 1.5,
            "published_to_solve": 300.0,
            "quickest_to_solve": 5.0,
        }
        return bench.speed.Speed(
            elasticities="CP",
            passes=60,
            solve_to_pass=solve_to_pass,
            compiled_to_pass=25.0,
            **ratios,
            **{name: timing(0.01) for name in times},
        )

    seconds = {"imports": 0.5, "counterfactual": 0.8, "run": 1.5, "run, cold": 1.6, "help": 0.1}
    seconds |= {"gradient": 2.0, "gradient, cold": 5.0}
    fresh = {name: bench.clock.Cost(spent, 150.0, "") for name, spent in seconds.items()}
    return SimpleNamespace(speed=speed, fresh=fresh)


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
    kept = bench.page.promises({"CP": measured.speed(60.0)}, measured.fresh)
    assert all(line.met for line in kept)
    missed = bench.page.promises({"CP": measured.speed(151.0)}, measured.fresh)
    assert [line.what for line in missed if not line.met] == ["a warm solve over one pass in NumPy"]
    assert any("**no**" in line.row() for line in missed)


def test_the_page_is_written_with_its_chart(bench, measured, tmp_path, monkeypatch):
    monkeypatch.setattr(bench.page, "PAGE", tmp_path / "benchmarks.md")
    monkeypatch.setattr(bench.page, "CHART", tmp_path / "scaling.svg")
    one = {"series": "economies", "economies": 81, "sectors": 28, "passes": 60, "solve": 0.02, "numpy_pass": 1e-4}
    one |= {"compiled": 0.01, "compile": 1.48}
    speeds = {"CP": measured.speed(60.0), "U4": measured.speed(50.0)}
    bench.page.write(speeds, measured.fresh, pd.DataFrame([one, one | {"economies": 20}]))
    text = (tmp_path / "benchmarks.md").read_text()
    assert "| 81 × 28 | 60 | 20 ms | 200 | 10 ms | 100 | 1.48 s |" in text
    assert "300 ×" in text
    assert "| load, calibrate, one audited counterfactual | 0.80 s | 1.60 | 150 MiB |" in text
    assert (tmp_path / "scaling.svg").read_text().startswith("<svg")


def test_a_fresh_process_reports_what_it_cost_and_printed(bench):
    cost = bench.clock.process(["-c", "print(3)"])
    assert cost.printed.strip() == "3"
    assert 0 < cost.seconds < 60
    assert 1 < cost.memory < 100_000
    with pytest.raises(RuntimeError, match="ended with 4"):
        bench.clock.process(["-c", "import sys; sys.exit(4)"])


@pytest.mark.parametrize(("n", "j"), [(20, 28), (81, 8), (90, 30)])
def test_a_world_of_another_size_keeps_its_totals(bench, n, j):
    """Merged or split, the world sells as much, and the pair of the task trades as much with each other."""
    whole = dt.load_world("icio-2017")
    theta = np.linspace(2.0, 8.0, 28)
    world, found = bench.worlds.of_size(whole, theta, n, j, ("USA", "CHN"))
    world.check()
    assert world.flows.shape == (n, n, j)
    assert found.shape == (j,)
    assert theta.min() <= found.min() <= found.max() <= theta.max()
    assert dt.calibrate(world, found).open_account[0] <= 1e-8
    np.testing.assert_allclose(world.flows.sum(), whole.flows.sum())
    np.testing.assert_allclose(world.io.sum(), whole.io.sum())
    a, b = (whole.economies.index(code) for code in ("USA", "CHN"))
    c, d = (world.economies.index(code) for code in ("USA", "CHN"))
    np.testing.assert_allclose(world.flows[c, d].sum(), whole.flows[a, b].sum())
