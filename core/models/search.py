"""Which text to write when a model only says how likely each next token is: greedily, or with a beam.

Symbols: Y = y_1 … y_T what is written, the closing token included, X what it answers, log P(Y | X) = Σ_t log q(y_t).

    greedy      y_t = argmax q, at every step
    beam        the `width` likeliest beginnings go on together; one that ends leaves the beam and its place with it, so
                the beam narrows until it is gone               Sutskever et al. 2014, section 3.2
    lp(Y)       ((5 + T)/(5 + 1))^α, the length penalty         Wu et al. 2016, eq. 14
    score       log P(Y | X)/lp(Y): α = 0 leaves the sum, which likes short texts; α = 1 is nearly the mean

A beam of width 1 is greedy search. Of equal scores either may go first.

A model takes part with a `Step`: it reads the last token of each row and says what may follow. What it remembers is a
`State`, a tensor or nested tuples of tensors whose first axis is the row, so that rows can be picked and repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, cast

import torch
from torch import Tensor

from core.models.likelihood import log_softmax

State = Any
Step = Callable[[Tensor, State], tuple[Tensor, State]]
NEVER = -torch.inf


class Writer(Protocol):
    """A model that answers a source, one token a step."""

    @property
    def longest(self) -> int | None:
        """How many tokens it can write at most; None: as many as one likes."""
        ...

    def start(self, source: Tensor, mask: Tensor | None = None, copies: int = 1) -> tuple[Step, State]:
        """Read source (batch src), mask as in its forward pass, and be ready to write `copies` answers to each."""
        ...


@dataclass(frozen=True)
class Hypothesis:
    """One answer.

    ids : the tokens after the opening one; the closing one is last when `is_whole`, else the room ran out
    logprobs : log q of each of them, nats
    score : their sum divided by lp
    """

    ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    score: float
    is_whole: bool

    @property
    def logprob(self) -> float:
        """log P(Y | X), nats."""
        return sum(self.logprobs)


@dataclass(frozen=True)
class BeamStep:
    """The beam after one step, all (batch width), best first; a place that is empty has a logprob of −∞.

    parents : the place in the beam before, from which it goes on
    ids : the token it adds
    logprobs : log P of the whole beginning
    has_ended : it is the closing token, and the place is empty from now on
    """

    parents: Tensor
    ids: Tensor
    logprobs: Tensor
    has_ended: Tensor


class BeamOutput(NamedTuple):
    """For each source its hypotheses, best score first; `steps` only when they were asked for."""

    hypotheses: tuple[tuple[Hypothesis, ...], ...]
    steps: tuple[BeamStep, ...] | None = None


def length_penalty(length: int, alpha: float) -> float:
    """lp of `length` tokens: 1 for one token or α = 0, and growing with both."""
    return float(((5 + length) / 6) ** alpha)


def pick_rows(state: State, rows: Tensor) -> State:
    """The rows of every tensor of a state, in this order, repeated where they are named twice."""
    if isinstance(state, Tensor):
        return state.index_select(0, rows)
    if isinstance(state, tuple):
        parts = [pick_rows(part, rows) for part in state]
        return cast(Any, type(state))(*parts) if hasattr(state, "_fields") else tuple(parts)
    return state


def greedy(step: Step, state: State, begin: Tensor, end: int, max_steps: int, alpha: float = 0.0) -> list[Hypothesis]:
    """The likeliest token at every step: begin (batch) is what each row opens with, one hypothesis a row.

    max_steps ≥ 1; `alpha` only enters the score.
    """
    last, is_over = begin, torch.zeros_like(begin, dtype=torch.bool)
    ids, logprobs = [], []
    for _ in range(max_steps):
        logits, state = step(last, state)
        best = log_softmax(logits).max(-1)
        last = best.indices.masked_fill(is_over, end)
        ids.append(last)
        logprobs.append(best.values)
        is_over = is_over | (last == end)
        if bool(is_over.all()):
            break
    rows = zip(torch.stack(ids, 1).tolist(), torch.stack(logprobs, 1).tolist(), strict=True)
    return [_hypothesis(row, values, end, alpha) for row, values in rows]


def beam(
    step: Step,
    state: State,
    begin: Tensor,
    end: int,
    width: int,
    max_steps: int,
    alpha: float = 0.0,
    keep: bool = False,
) -> BeamOutput:
    """The best `width` hypotheses of each source that the beam finds.

    begin (batch), max_steps ≥ 1; `state` has batch·width rows, those of one source side by side
    alpha : α of the length penalty, at least 0
    """
    batch, where = len(begin), begin.device
    first = torch.arange(batch, device=where)[:, None] * width
    # One beginning each at first: the other places are empty.
    total = torch.full((batch, width), NEVER, device=where)
    total[:, 0] = 0.0
    room = torch.full((batch, 1), width, device=where)
    rank = torch.arange(width, device=where)
    last = begin.repeat_interleave(width)
    ids = torch.empty(batch, width, 0, dtype=torch.long, device=where)
    gains = torch.empty(batch, width, 0, device=where)
    found: list[list[Hypothesis]] = [[] for _ in range(batch)]
    steps = []
    for _ in range(max_steps):
        logits, state = step(last, state)
        gain = log_softmax(logits).reshape(batch, width, -1)
        vocab = gain.shape[-1]
        total, places = (total[..., None] + gain).flatten(1).topk(width)
        total = total.masked_fill(rank >= room, NEVER)
        parents, chosen = places // vocab, places % vocab
        ids = torch.cat([_follow(ids, parents), chosen[..., None]], -1)
        gains = torch.cat([_follow(gains, parents), gain.flatten(1).gather(1, places)[..., None]], -1)
        has_ended = (chosen == end) & (total > NEVER)
        if keep:
            steps.append(BeamStep(parents, chosen, total, has_ended))
        _collect(found, has_ended, ids, gains, end, alpha)
        total = total.masked_fill(has_ended, NEVER)
        room = room - has_ended.sum(1, keepdim=True)
        if not bool((total > NEVER).any()):
            break
        last = chosen.flatten()
        state = pick_rows(state, (first + parents).flatten())
    _collect(found, total > NEVER, ids, gains, end, alpha)
    ranked = tuple(tuple(sorted(row, key=lambda h: -h.score)) for row in found)
    return BeamOutput(ranked, tuple(steps) if keep else None)


def decode(
    model: Writer,
    source: Tensor,
    mask: Tensor | None = None,
    *,
    begin: int,
    end: int,
    max_steps: int,
    width: int = 1,
    alpha: float = 0.0,
    keep: bool = False,
) -> BeamOutput:
    """What `model` answers to source (batch src): greedily for a width of 1, else the best of a beam; no gradients.

    `begin` opens an answer and `end` closes it. To see how the model came to an answer, pass its ids through the
    forward pass with `keep`: the numbers are the same.
    """
    with torch.inference_mode():
        step, state = model.start(source, mask, width)
        opening = torch.full((len(source),), begin, device=source.device)
        max_steps = min(max_steps, model.longest or max_steps)
        if width == 1 and not keep:
            return BeamOutput(tuple((row,) for row in greedy(step, state, opening, end, max_steps, alpha)))
        return beam(step, state, opening, end, width, max_steps, alpha, keep)


def _follow(history: Tensor, parents: Tensor) -> Tensor:
    """(batch width step), each place with the history of its parent."""
    return history.gather(1, parents[..., None].expand(-1, -1, history.shape[-1]))


def _collect(found: list[list[Hypothesis]], chosen: Tensor, ids: Tensor, gains: Tensor, end: int, alpha: float) -> None:
    """Put the chosen places (batch width) of the beam among what was found."""
    for row, place in chosen.nonzero().tolist():
        found[row].append(_hypothesis(ids[row, place].tolist(), gains[row, place].tolist(), end, alpha))


def _hypothesis(ids: list[int], logprobs: list[float], end: int, alpha: float) -> Hypothesis:
    """Up to the closing token, where there is one."""
    is_whole = end in ids
    length = ids.index(end) + 1 if is_whole else len(ids)
    score = sum(logprobs[:length]) / length_penalty(length, alpha)
    return Hypothesis(tuple(ids[:length]), tuple(logprobs[:length]), score, is_whole)
