"""The store: states follow one another, a result is whole or absent, and one server at a time has the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from detente.errors import BadInput
from detente.web.store import Inquiry, RunStore

ASKED = Inquiry("key", "run", "dispute: small", {"world": "icio-2017"}, "Small")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = RunStore(tmp_path, keep=2)
    yield opened
    opened.close()


def computing(store: RunStore, id: str = "a", key: str = "key") -> str:
    store.add(id, replace(ASKED, key=key), "somebody")
    assert store.start(id)
    return id


def test_a_question_comes_back_as_it_was_asked(store: RunStore) -> None:
    store.ask_all([ASKED])
    assert store.asked("key") == ASKED
    assert store.asked("other") is None


def test_a_run_is_queued_then_computes_then_is_done(store: RunStore) -> None:
    assert store.add("a", ASKED, "somebody") == "queued"
    assert store.start("a")
    assert not store.start("a")  # by one worker alone
    assert store.result("key") is None
    assert store.finish("a", "key", b"{}", b"[]")
    run = store.run("a")
    assert run is not None
    assert (run.state, run.attempts, run.problem) == ("done", 1, None)
    assert (store.result("key"), store.first("key")) == (b"{}", b"[]")


def test_the_same_question_is_done_at_once(store: RunStore) -> None:
    store.finish(computing(store), "key", b"{}", b"[]")
    assert store.add("b", ASKED, "another") == "done"


def test_a_run_that_was_cancelled_gets_no_result(store: RunStore) -> None:
    id = computing(store)
    assert store.cancel(id)
    assert not store.finish(id, "key", b"{}", b"[]")
    assert store.result("key") is None
    assert not store.cancel(id)


def test_a_failed_run_keeps_its_problem(store: RunStore) -> None:
    id = computing(store)
    store.fail(id, {"detail": "too hot"})
    run = store.run(id)
    assert run is not None
    assert run.problem == {"detail": "too hot"}


def test_only_the_latest_results_are_kept_and_questions_stay(store: RunStore) -> None:
    for k in range(4):
        store.finish(computing(store, f"run{k}", f"key{k}"), f"key{k}", b"{}", b"[]")
        store.keep_drawn(f"key{k}", "a.svg", "image/svg+xml", b"<svg/>")
    assert [store.has_result(f"key{k}") for k in range(4)] == [False, False, True, True]
    assert store.drawn("key0", "a.svg") is None
    assert store.drawn("key3", "a.svg") == ("image/svg+xml", b"<svg/>")
    assert store.asked("key0") is not None


def test_nothing_is_drawn_of_what_is_not_there(store: RunStore) -> None:
    store.ask_all([ASKED])
    store.keep_drawn("key", "a.svg", "image/svg+xml", b"<svg/>")
    assert store.drawn("key", "a.svg") is None


def test_a_run_is_listed_for_its_client_alone_newest_first(store: RunStore) -> None:
    for id, client in (("a", "one"), ("b", "two"), ("c", "one")):
        store.add(id, ASKED, client)
    assert [run.id for run in store.runs_of("one")] == ["c", "a"]
    store.forget("c")  # not while it waits
    assert len(store.runs_of("one")) == 2
    store.cancel("c")
    store.forget("c")
    assert [run.id for run in store.runs_of("one")] == ["a"]


def test_a_write_that_fails_leaves_nothing(store: RunStore) -> None:
    store.add("a", ASKED, "somebody")
    with pytest.raises(sqlite3.IntegrityError):
        store.add("a", replace(ASKED, key="other"), "somebody")
    assert store.asked("other") is None
    store.ask_all([replace(ASKED, key="other")])  # and the file is not left locked


def test_two_servers_do_not_share_a_folder(store: RunStore, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="used by another server"):
        RunStore(tmp_path)


def test_what_was_written_is_there_for_the_next_server(tmp_path: Path) -> None:
    first = RunStore(tmp_path)
    computing(first)
    first.close()
    second = RunStore(tmp_path)
    assert [(run.id, run.state) for run in second.unfinished()] == [("a", "running")]
    second.requeue("a")
    assert [run.state for run in second.unfinished()] == ["queued"]
    second.close()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(BadInput, match="--data"):
        RunStore(tmp_path / "file" / "below")
