"""What published codes did is read from their output and their answers as they are: a NaN is never an error of zero."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest


@pytest.fixture
def peers(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    return import_module("peers")


@pytest.fixture
def answers(tmp_path):
    def write(name, rows):
        path = tmp_path / name
        path.write_text("region,w_hat,W_hat\n" + "".join(f"r{k},{w},{W}\n" for k, (w, W) in enumerate(rows)))
        return path

    return write


def test_the_error_is_the_largest_relative_distance(peers, answers):
    found = peers.errors(answers("theirs", [("1.0", "2.002"), ("0.5", "1")]), answers("ours", [(1, 2), (0.4, 1)]))
    assert found == {"w_hat": pytest.approx(0.25), "W_hat": pytest.approx(1e-3), "not_numbers": 0}


@pytest.mark.parametrize("bad", ["NA", "nan", "NaN", "Inf", ""])
def test_what_is_not_a_number_is_counted_and_has_no_error(peers, answers, bad):
    found = peers.errors(answers("theirs", [("1", bad), ("1", "1")]), answers("ours", [(1, 1), (1, 1)]))
    assert found == {"w_hat": None, "W_hat": None, "not_numbers": 1}


def test_a_code_that_wrote_nothing_has_no_error(peers, answers, tmp_path):
    assert peers.errors(tmp_path / "absent", answers("ours", [(1, 1)]))["not_numbers"] is None


def test_the_last_iteration_and_what_was_said(peers):
    printed = "Iteration: 1 - ||F(x)||: 0.4\nIteration: 573 - ||F(x)||: 9.7e-08\nWarning message:\nMaximum number"
    assert peers.iterations(printed) == 573
    assert peers.said(printed) == ["Warning message:", "Maximum number"]
    assert peers.iterations("12:00 : Iteration 44 \n") == 44
    assert peers.iterations("") is None


def test_an_end_is_named(peers):
    one = {"status": 0, "not_numbers": 0, "said": [], "iterations": 40, "W_hat": 1e-6}
    assert peers.ended("cp2015", one) == "converged"
    assert "not numbers; no error" in peers.ended("cp2015-jax", one | {"not_numbers": 81})
    assert peers.ended("cp2015", one | {"said": ["Maximum number of iteration"]}) == "did not converge; a warning"
    assert "reported as convergence" in peers.ended("KITE, 1e-7", one | {"iterations": 1000})
    assert peers.ended("KITE, 1e-7", one | {"status": 1, "said": ["Error in while"]}) == "exit status 1: Error in while"


def test_a_process_that_fails_is_a_result(peers, tmp_path):
    done = peers.run([sys.executable, "-c", "print('Iteration: 3'); raise SystemExit(3)"], tmp_path)
    assert (done.status, peers.iterations(done.printed)) == (3, 3)
    assert done.seconds > 0
