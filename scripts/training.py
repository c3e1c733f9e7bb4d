"""What the training scripts share: texts and where they come from, batches by length, checkpoints, a schedule.

A text is the name of an entry of `core.data.registry`, or a file (plain or .gz, one sentence a line; `FILE#1` takes the
second of the columns that tabs separate). A file says what it is with `--credit FILE="whose, licence"`.

A checkpoint is one safetensors file, written beside the old one and then put in its place, so that a run may be killed
at any moment and goes on from the last whole one. Which sentences a batch has and where its gaps are follows from the
seed and the number of the step, so that a run that was interrupted sees what it would have seen.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save, save_file
from torch import Tensor, nn

from core.data import registry
from core.data.readers import Labelled, tidy
from core.i18n import Lang

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "train"


@dataclass(frozen=True)
class Source:
    """A text for training. `sha256` of the file, "" for what the registry has pinned itself."""

    name: str
    lang: Lang
    credit: str
    sha256: str
    lines: tuple[str, ...]


def read_source(name: str, lang: Lang, credits_given: Mapping[str, str]) -> Source:
    """The sentences of a registry entry or of a file, each once."""
    if name in {entry.name for entry in registry.ENTRIES}:
        found = registry.read(name)
        lines = [item.text if isinstance(item, Labelled) else str(item) for item in found]
        return Source(name, lang, registry.find(name).credit, "", tuple(dict.fromkeys(map(tidy, lines))))
    file, _, column = name.partition("#")
    path = Path(file)
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    lines = text.split("\n")
    if column:
        lines = [cells[int(column)] for cells in (line.split("\t") for line in lines) if len(cells) > int(column)]
    if path.name not in credits_given:
        raise SystemExit(f'say whose text {path.name} is: --credit {path.name}="authors, licence"')
    label = path.name + (f"#{column}" if column else "")
    return Source(
        label,
        lang,
        credits_given[path.name],
        hashlib.sha256(raw).hexdigest(),
        tuple(dict.fromkeys(line for line in map(tidy, lines) if line)),
    )


def batches(lengths: Sequence[int], tokens: int, seed: int, epoch: int) -> list[list[int]]:
    """Numbers of sentences, grouped so that a batch has sentences of about one length and about `tokens` tokens with
    its padding; in random order, another one in each epoch."""
    generator = torch.Generator().manual_seed(seed * 1000 + epoch)
    # A little noise on the length, so that an epoch does not group the sentences as the one before did.
    noise = torch.rand(len(lengths), generator=generator) * 2
    order = torch.argsort(torch.tensor(lengths, dtype=torch.float32) + noise, stable=True).tolist()
    groups: list[list[int]] = []
    group: list[int] = []
    longest = 0
    for n in order:
        if group and max(longest, lengths[n]) * (len(group) + 1) > tokens:
            groups.append(group)
            group, longest = [], 0
        group.append(n)
        longest = max(longest, lengths[n])
    groups.append(group)
    return [groups[n] for n in torch.randperm(len(groups), generator=generator).tolist()]


def endless(lengths: Sequence[int], tokens: int, seed: int, first: int) -> Iterator[tuple[int, list[int]]]:
    """(step, batch) from step `first` on, epoch after epoch."""
    step = epoch = 0
    while True:
        for group in batches(lengths, tokens, seed, epoch):
            if step >= first:
                yield step, group
            step += 1
        epoch += 1


def pad(rows: Sequence[Sequence[int]], filler: int) -> tuple[Tensor, Tensor]:
    """Token numbers (batch pos) and where they are tokens and no padding, bool (batch pos)."""
    width = max(map(len, rows))
    ids = torch.tensor([[*row, *[filler] * (width - len(row))] for row in rows])
    mask = torch.tensor([[n < len(row) for n in range(width)] for row in rows])
    return ids, mask


def rate(share: float, warm: float = 0.04) -> float:
    """The learning rate as a share of its peak, after `share` (0 … 1) of the training: up in a straight line, then down
    along half a cosine."""
    if share < warm:
        return share / warm
    return 0.5 * (1 + math.cos(math.pi * min((share - warm) / (1 - warm), 1.0)))


@dataclass
class Clock:
    """How far a run is: by steps or by minutes, whichever ends first. The minutes of earlier runs count."""

    steps: int
    minutes: float
    before: float = 0.0

    def __post_init__(self) -> None:
        self.started = time.monotonic()

    @property
    def spent(self) -> float:
        """Minutes of training so far."""
        return self.before + (time.monotonic() - self.started) / 60

    def share(self, step: int) -> float:
        return max(step / self.steps, self.spent / self.minutes)


@dataclass
class Pace:
    """How many threads to compute with, from 1 to `most`: on a machine that others use, threads that wait for each
    other can be slower than one. All are tried for four steps in every hundred and the best is kept."""

    most: int

    def __post_init__(self) -> None:
        self.speeds: dict[int, list[float]] = {n: [] for n in range(1, self.most + 1)}
        self.threads = self.most

    def begin(self, step: int) -> None:
        place = step % 100 // 4
        if step % 100 == 0:
            self.speeds = {n: [] for n in self.speeds}
        if place < len(self.speeds):
            self.threads = place + 1
        elif all(self.speeds.values()):
            self.threads = max(self.speeds, key=lambda n: sorted(self.speeds[n])[len(self.speeds[n]) // 2])
        torch.set_num_threads(self.threads)
        self.started = time.monotonic()

    def end(self, tokens: int) -> None:
        self.speeds[self.threads] = [*self.speeds[self.threads][-7:], tokens / (time.monotonic() - self.started)]

    def __str__(self) -> str:
        now = self.speeds[self.threads]
        return f"{sum(now) / max(1, len(now)):.0f} tokens a second, threads {self.threads}"


def save_checkpoint(
    path: Path, modules: Mapping[str, nn.Parameter], optimizer: torch.optim.AdamW, note: object
) -> None:
    """Parameters, both moments of each and `note` (anything JSON can say) in one file."""
    tensors: dict[str, Tensor] = {}
    for name, parameter in modules.items():
        tensors[f"value.{name}"] = parameter.detach().clone()
        for kind, moment in optimizer.state.get(parameter, {}).items():
            tensors[f"{kind}.{name}"] = torch.as_tensor(moment).clone()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".part")
    save_file(tensors, fresh, metadata={"note": json.dumps(note)})
    fresh.replace(path)


def load_checkpoint(path: Path, modules: Mapping[str, nn.Parameter], optimizer: torch.optim.AdamW) -> dict[str, object]:
    """What `save_checkpoint` wrote, put back in place; returns the note."""
    with safe_open(str(path), framework="pt") as file:
        names = set(file.keys())
        with torch.no_grad():
            for name, parameter in modules.items():
                parameter.copy_(file.get_tensor(f"value.{name}"))
                moments = {
                    kind: file.get_tensor(f"{kind}.{name}")
                    for kind in ("step", "exp_avg", "exp_avg_sq")
                    if f"{kind}.{name}" in names
                }
                if moments:
                    optimizer.state[parameter].update(moments)
        note: dict[str, object] = json.loads(file.metadata()["note"])
    return note


def publish(folder: Path, kind: str, state: Mapping[str, Tensor], about: Mapping[str, object], history: object) -> None:
    """The three files that `core.models.adapted` and the rooms read: weights in 16 bits, about.json, history.json."""
    folder.mkdir(parents=True, exist_ok=True)
    raw = save({name: tensor.detach().half().contiguous() for name, tensor in sorted(state.items())})
    (folder / "model.safetensors").write_bytes(raw)
    whole = {"kind": kind, "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest(), **about}
    (folder / "about.json").write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (folder / "history.json").write_text(json.dumps(history, ensure_ascii=False) + "\n", encoding="utf-8")
