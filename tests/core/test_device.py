"""One place decides where tensors live, and says so."""

from collections.abc import Iterator

import pytest
import torch

from core.device import describe, device
from core.errors import Refusal


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    """The decision is made once a process; here it is made once a test."""
    device.cache_clear()
    yield
    device.cache_clear()


@pytest.mark.parametrize("wish", ["cpu", "CPU"])
def test_the_cpu_can_be_asked_for(monkeypatch: pytest.MonkeyPatch, wish: str) -> None:
    monkeypatch.setenv("VIDNO_DEVICE", wish)
    assert device() == torch.device("cpu")
    assert describe() == "cpu"


@pytest.mark.parametrize("wish", ["auto", None])
@pytest.mark.parametrize("has_cuda", [True, False])
def test_a_gpu_is_taken_when_there_is_one(monkeypatch: pytest.MonkeyPatch, wish: str | None, has_cuda: bool) -> None:
    monkeypatch.delenv("VIDNO_DEVICE", raising=False)
    if wish:
        monkeypatch.setenv("VIDNO_DEVICE", wish)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_cuda)
    assert device().type == ("cuda" if has_cuda else "cpu")


def test_the_signature_names_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDNO_DEVICE", "cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda where: f"card of {where.type}")
    assert describe() == "cuda · card of cuda"


def test_cuda_where_there_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDNO_DEVICE", "cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(Refusal) as refused:
        device()
    assert "no GPU" in refused.value.text.en
    assert "не видит здесь видеокарты" in refused.value.text.ru


@pytest.mark.parametrize("wish", ["tpu", "", "cuda:0", "{wish}", "x" * 500])
def test_an_unknown_wish_is_refused_and_quoted_short(monkeypatch: pytest.MonkeyPatch, wish: str) -> None:
    monkeypatch.setenv("VIDNO_DEVICE", wish)
    with pytest.raises(Refusal) as refused:
        device()
    assert refused.value.text.en == f"VIDNO_DEVICE must be cpu, cuda or auto, not “{wish[:20]}”."
    assert refused.value.text.ru == f"VIDNO_DEVICE может быть cpu, cuda или auto, но не «{wish[:20]}»."


def test_the_decision_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDNO_DEVICE", "cpu")
    first = device()
    monkeypatch.setenv("VIDNO_DEVICE", "tpu")
    assert device() is first
