"""Jobs: shared by key, seen from outside, stopped when nobody waits."""

from __future__ import annotations

import threading
from concurrent.futures import Executor, Future

import pytest

from core.errors import Refusal
from core.i18n import Text
from core.jobs import Jobs, shared


class ByHand(Executor):
    """Runs what was submitted when told to, on the test's own thread."""

    def __init__(self) -> None:
        self.queue = []

    def submit(self, fn, /, *args, **kwargs):
        self.queue.append(lambda: fn(*args, **kwargs))
        return Future()

    def step(self) -> None:
        self.queue.pop(0)()


@pytest.fixture
def hand() -> ByHand:
    return ByHand()


def test_a_job_is_waiting_then_done_and_its_result_is_shared(hand):
    jobs = Jobs(hand)
    assert jobs.look("k") is None
    first = jobs.submit("k", lambda tick: 41 + 1, "one")
    assert (first.state, first.is_over) == ("waiting", False)
    assert jobs.submit("k", lambda tick: pytest.fail("joined, not started"), "two").state == "waiting"
    assert len(hand.queue) == 1
    hand.step()
    seen = jobs.look("k")
    assert (seen.state, seen.share, seen.result, seen.is_over) == ("done", 1.0, 42, True)
    assert first.state == "waiting", "a snapshot stays as it was"
    assert jobs.submit("k", lambda tick: pytest.fail("known already")).result == 42


def test_progress_is_seen_from_outside_while_the_work_runs():
    jobs, at_half, go_on = Jobs(), threading.Event(), threading.Event()

    def work(tick):
        tick(0.5)
        at_half.set()
        assert go_on.wait(20)
        tick(7.0)
        return "ready"

    jobs.submit("k", work)
    assert at_half.wait(20)
    seen = jobs.look("k")
    assert (seen.state, seen.share) == ("running", 0.5)
    assert jobs.wait("k", 0.0).state == "running"
    go_on.set()
    assert jobs.wait("k", 20).result == "ready"


def test_one_long_job_does_not_keep_another_from_running():
    jobs, go_on = Jobs(), threading.Event()
    jobs.submit("long", lambda tick: go_on.wait(20), "one")
    assert jobs.submit("short", lambda tick: 1, "two")
    assert jobs.wait("short", 20, "two").result == 1
    assert jobs.look("long").state == "running"
    go_on.set()
    assert jobs.wait("long", 20).state == "done"


def test_it_is_cancelled_only_when_its_last_holder_lets_go():
    jobs, started, go_on, ticked = Jobs(), threading.Event(), threading.Event(), []

    def work(tick):
        started.set()
        assert go_on.wait(20)
        tick(0.9)
        ticked.append(True)

    jobs.submit("k", work, "one")
    jobs.submit("k", work, "two")
    jobs.cancel("k", "one")
    jobs.cancel("k", "nobody")
    assert started.wait(20)
    jobs.cancel("k", "two")
    go_on.set()
    assert jobs.wait("k", 20).state == "cancelled"
    assert ticked == []


def test_another_holder_keeps_it_alive(hand):
    jobs = Jobs(hand)
    jobs.submit("k", lambda tick: "kept", "one")
    jobs.submit("k", lambda tick: "kept", "two")
    jobs.cancel("k", "one")
    hand.step()
    assert jobs.look("k", "two").result == "kept"


def test_a_cancelled_job_starts_anew_and_a_late_end_of_the_old_one_does_not_hide_it(hand):
    jobs = Jobs(hand)
    jobs.submit("k", lambda tick: "old", "one")
    jobs.cancel("k", "one")
    assert jobs.submit("k", lambda tick: "new", "one").state == "waiting"
    hand.step()
    assert jobs.look("k", "one").state == "waiting"
    hand.step()
    assert jobs.look("k", "one").result == "new"


def test_nobody_looks_so_it_stops(hand):
    now = [0.0]
    jobs = Jobs(hand, patience=60, clock=lambda: now[0])
    jobs.submit("k", lambda tick: "done")
    now[0] = 59
    jobs.look("k")
    now[0] = 118
    hand.step()
    assert jobs.look("k").state == "done"
    jobs.submit("other", lambda tick: "done")
    now[0] = 179
    hand.step()
    seen = jobs.look("other")
    assert (seen.state, seen.seconds) == ("cancelled", 61)


def test_a_refusal_and_a_fault_are_kept_and_tried_again_when_asked(hand, caplog):
    jobs = Jobs(hand)

    def refuse(tick):
        raise Refusal(Text("no", "нет"))

    jobs.submit("refused", refuse)
    jobs.submit("fault", lambda tick: 1 / 0)
    hand.step()
    hand.step()
    assert isinstance(jobs.look("refused").error, Refusal)
    assert isinstance(jobs.look("fault").error, ZeroDivisionError)
    assert [record.message for record in caplog.records] == ["a job failed"]
    jobs.submit("fault", lambda tick: "better")
    hand.step()
    assert jobs.look("fault").result == "better"


def test_too_many_are_refused_and_old_results_forgotten(hand):
    jobs = Jobs(hand, most_waiting=3, most_kept=2)
    for key in "abc":
        jobs.submit(key, lambda tick: "kept")
    with pytest.raises(Refusal, match="3 long"):
        jobs.submit("d", lambda tick: "d")
    assert jobs.submit("a", lambda tick: "joined").state == "waiting"
    for _ in range(3):
        hand.step()
    assert [jobs.look(key) is not None for key in "abc"].count(True) == 2
    assert jobs.submit("d", lambda tick: "d").state == "waiting"


def test_cancelling_what_is_not_there_or_over_does_nothing(hand):
    jobs = Jobs(hand)
    jobs.cancel("k")
    jobs.submit("k", lambda tick: 1)
    hand.step()
    jobs.cancel("k")
    assert jobs.look("k").result == 1
    assert jobs.wait("nowhere", 5) is None


def test_all_visitors_have_the_same_jobs():
    assert shared() is shared()


def test_what_there_is_so_far_is_seen_and_given_up_for_the_result(hand):
    jobs = Jobs(hand)
    seen = []

    def work(tick):
        tick(0.5, ("one",))
        seen.append(jobs.look("k").partial)
        tick(0.7)  # nothing new
        seen.append(jobs.look("k").partial)
        return ("one", "two")

    assert jobs.submit("k", work).partial is None
    hand.step()
    assert seen == [("one",), ("one",)]
    assert (jobs.look("k").partial, jobs.look("k").result) == (None, ("one", "two"))
