"""Teach the bundled encoder to fill gaps: low-rank adapters and a tied head, English and Russian together.

    python -m scripts.train_mlm --english film_reviews news_opinions --russian proverbs --minutes 40

The objective is the masked language model of BERT (Devlin et al. 2019, section 3.1): 15 % of the tokens of a sentence
are to be predicted; of these 80 % are shown as <mask>, 10 % as a random piece, 10 % as they are. The softmax is over
all kept pieces and computed at the chosen places only. The encoder's own weights do not move
(`core.models.adapters`), and the head has no output matrix (`core.models.task_heads`).

A lone «▁» (a space whose word begins with a piece of its own) is never a gap, and one that stands right before a <mask>
is left out: a reader who types a gap types no such thing, and it would give away how the word is spelt.

Three of a hundred sentences, chosen by a hash of their words, are held out. Texts: see `scripts.training`. A run that
was stopped goes on when the same command is given again; `--fresh` begins anew, `--finish` only scores what
the last checkpoint has. `--publish` writes assets/models/masked, and only when both languages are as good as they have
to be.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from core.data.readers import split_of
from core.device import describe
from core.i18n import LANGS, Lang
from core.models.adapted import FOLDERS
from core.models.adapters import AdapterConfig, adapt, adapter_state
from core.models.bundled import BundledEncoder, load_encoder
from core.models.encoder import Encoder
from core.models.gaps import GAPS
from core.models.task_heads import MaskedHead
from scripts.make_vectors import RUDE
from scripts.training import (
    CACHE,
    Clock,
    Pace,
    Source,
    endless,
    load_checkpoint,
    pad,
    publish,
    rate,
    read_source,
    save_checkpoint,
)

CHOSEN, HIDDEN, REPLACED = 0.15, 0.8, 0.1
HELD_OUT = 0.03
MOST_TOKENS = 48
SNAPSHOTS = 20
NEEDED = {"en": 0.30, "ru": 0.28}  # top-1 on held-out text
ADAPTERS = AdapterConfig(rank=32, alpha=32.0, layers=tuple(range(3, 12)))
LETTERS = {"en": re.compile(r"[A-Za-z]"), "ru": re.compile(r"[А-Яа-яЁё]")}
STRANGE = re.compile(r"[<>{}\\|@#$%^*=_~\[\]]|https?:|www\.|(.)\1\1\1")
Step = dict[str, float]


@dataclass(frozen=True)
class Texts:
    """Sentences as token numbers, <s> … </s>, with their language; `train` and `held` are apart by hash."""

    train: list[tuple[Lang, list[int]]]
    held: dict[Lang, list[list[int]]]
    used: dict[str, int]


def is_fit(line: str, lang: Lang) -> bool:
    """Is it a sentence of the language that may be shown to a class? Three words or more, mostly letters, no markup, no
    addresses, nothing rude."""
    words = re.findall(r"[\w'’-]+", line)
    if len(words) < 3 or len(line) > 600 or STRANGE.search(line):
        return False
    bare = line.replace(" ", "")
    if len(LETTERS[lang].findall(bare)) < 0.75 * len(bare):
        return False
    return not any(RUDE.fullmatch(word.lower()) for word in words)


def gather(sources: Iterable[tuple[Source, int | None]], encoder: BundledEncoder) -> Texts:
    """Filter, cut to `MOST_TOKENS`, and split. Of a source at most so many sentences are taken, those with the smallest
    hash."""
    train: list[tuple[Lang, list[int]]] = []
    held: dict[Lang, list[list[int]]] = {lang: [] for lang in LANGS}
    used: dict[str, int] = {}
    seen: set[str] = set()
    for source, most in sources:
        lines = [line for line in source.lines if is_fit(line, source.lang) and line.casefold() not in seen]
        lines = sorted(lines, key=lambda line: hashlib.sha256(f"order {line}".encode()).digest())[:most]
        seen.update(line.casefold() for line in lines)
        used[source.name] = len(lines)
        for line, encoding in zip(lines, encoder.tokenizer.encode_batch(lines), strict=True):
            ids = encoding.ids if len(encoding.ids) <= MOST_TOKENS else [*encoding.ids[: MOST_TOKENS - 1], 2]
            if split_of(line, HELD_OUT) == "test":
                held[source.lang].append(ids)
            else:
                train.append((source.lang, ids))
    for lang in LANGS:
        held[lang].sort(key=lambda ids: hashlib.sha256(str(ids).encode()).digest())
    return Texts(train, held, used)


@dataclass(frozen=True)
class Holes:
    """A batch with gaps. `ids` is what the encoder reads, `at` where it must answer, bool (batch pos), `answers` what
    was there, (gap,) in the order of `at`."""

    ids: Tensor
    mask: Tensor
    at: Tensor
    answers: Tensor


def make_holes(rows: Sequence[Sequence[int]], space: int, gap: int, vocab: int, generator: torch.Generator) -> Holes:
    """Choose 15 % of the tokens and hide them: 80 % behind <mask>, 10 % behind a random piece, 10 % not at all.
    Specials (numbers below 4) and lone spaces are not chosen; a sentence with nothing chosen gets one gap."""
    shown: list[list[int]] = []
    chosen: list[list[bool]] = []
    answers: list[int] = []
    for row in rows:
        free = [n for n, piece in enumerate(row) if piece > 3 and piece != space]
        draw = torch.rand(len(free) * 3 + 1, generator=generator).tolist()
        picked = {n for n, p in zip(free, draw[: len(free)], strict=True) if p < CHOSEN}
        if not picked and free:
            picked = {free[int(draw[-1] * len(free))]}
        out: list[int] = []
        is_chosen: list[bool] = []
        for order, n in enumerate(row):
            if order not in picked:
                out.append(n)
                is_chosen.append(False)
                continue
            k = free.index(order)
            how, which = draw[len(free) + k], draw[2 * len(free) + k]
            if how < HIDDEN and out[-1] == space:
                out.pop()
                is_chosen.pop()
            out.append(gap if how < HIDDEN else 4 + int(which * (vocab - 5)) if how < HIDDEN + REPLACED else n)
            is_chosen.append(True)
            answers.append(n)
        shown.append(out)
        chosen.append(is_chosen)
    ids, mask = pad(shown, 1)
    at = torch.tensor([[*flags, *[False] * (ids.shape[1] - len(flags))] for flags in chosen])
    return Holes(ids, mask, at, torch.tensor(answers))


def read_hidden(encoder: Encoder, ids: Tensor, mask: Tensor, dtype: torch.dtype) -> Tensor:
    """The last hidden states, keeping nothing on the way: (batch pos d_model) float32."""
    x = encoder.embeddings(encoder.embed(ids)).to(dtype)
    for layer in encoder.layers:
        x = layer(x, mask).out
    return x.float()


def cast(encoder: Encoder, dtype: torch.dtype) -> Encoder:
    """A copy whose layers are kept in `dtype`, for training; embeddings stay as they are."""
    if dtype == torch.float32:
        return encoder
    other = copy.deepcopy(encoder)
    other.layers.to(dtype)
    return other


@torch.no_grad()
def score(
    encoder: Encoder, head: MaskedHead, W_E: Tensor, rows: list[list[int]], make: partial[Holes], dtype: torch.dtype
) -> Step:
    """Top-1, top-5 and perplexity over the gaps of held-out sentences; the gaps are the same at every call."""
    generator = torch.Generator().manual_seed(1)
    hits = near = count = 0
    loss = 0.0
    by_length = sorted(rows, key=len)
    for begin in range(0, len(by_length), 48):
        holes = make(by_length[begin : begin + 48], generator=generator)
        logits = head(read_hidden(encoder, holes.ids, holes.mask, dtype)[holes.at], W_E).float()
        best = logits.topk(5).indices
        hits += int((best[:, 0] == holes.answers).sum())
        near += int((best == holes.answers[:, None]).sum())
        loss += float(nn.functional.cross_entropy(logits, holes.answers, reduction="sum"))
        count += len(holes.answers)
    return {
        "top1": hits / count,
        "top5": near / count,
        "perplexity": float(torch.tensor(loss / count).exp()),
        "gaps": count,
    }


@torch.no_grad()
def fill(
    encoder: Encoder, head: MaskedHead, W_E: Tensor, bundled: BundledEncoder, dtype: torch.dtype
) -> dict[str, list[list[object]]]:
    """The five likeliest pieces for each of the named sentences, with their probabilities."""
    found: dict[str, list[list[object]]] = {}
    for lang in LANGS:
        rows = [bundled.tokenizer.encode(gap.text).ids for gap in GAPS[lang]]
        ids, mask = pad(rows, 1)
        at = ids == bundled.config.vocab - 1
        logits = head(read_hidden(encoder, ids, mask, dtype)[at], W_E).float()
        top = logits.softmax(-1).topk(5)
        found[lang] = [
            [[bundled.tokenizer.id_to_token(n).strip("▁ "), round(p, 4)] for n, p in zip(ns, ps, strict=True)]
            for ns, ps in zip(top.indices.tolist(), top.values.tolist(), strict=True)
        ]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--english", nargs="+", default=["film_reviews", "news_opinions", "product_reviews"])
    parser.add_argument("--russian", nargs="+", default=["proverbs"], metavar="TEXT[@MOST]")
    parser.add_argument("--credit", action="append", default=[], metavar="FILE=WHOSE")
    parser.add_argument("--minutes", type=float, default=40.0)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--tokens", type=int, default=1536, help="tokens in a batch, padding included")
    parser.add_argument("--rate", type=float, default=1.5e-3, help="peak learning rate of the adapters")
    parser.add_argument("--head-rate", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--float32", action="store_true", help="train in float32 where bfloat16 is slow")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--finish", action="store_true")
    parser.add_argument("--publish", action="store_true")
    parser.add_argument("--folder", type=Path, default=CACHE / "mlm")
    parser.add_argument("--held", type=int, default=1500, help="held-out sentences a language for the last score")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    dtype = torch.float32 if options.float32 else torch.bfloat16

    bundled = load_encoder()
    config = bundled.config
    credits_given = dict(item.split("=", 1) for item in options.credit)
    sources = []
    for lang, names in (("en", options.english), ("ru", options.russian)):
        for name in names:
            bare, _, most = name.partition("@")
            sources.append((read_source(bare, lang, credits_given), int(most) if most else None))
    texts = gather(sources, bundled)
    for source, _ in sources:
        print(f"{source.lang} {source.name}: {texts.used[source.name]} sentences · {source.credit}", flush=True)
    for lang in LANGS:
        rows = [ids for which, ids in texts.train if which == lang]
        print(f"{lang}: {len(rows)} sentences, {sum(map(len, rows))} tokens; held out {len(texts.held[lang])}")

    space = bundled.tokenizer.token_to_id("▁")
    make = partial(make_holes, space=space, gap=config.vocab - 1, vocab=config.vocab)
    W_full = bundled.module.embeddings.W_E.weight
    W_E = W_full.to(dtype)
    encoder = adapt(cast(bundled.module, dtype), ADAPTERS, options.seed)
    head = MaskedHead(config.d_model, config.vocab, config.eps)
    parameters = {f"adapters.{name}": p for name, p in encoder.named_parameters() if p.requires_grad}
    parameters |= {f"head.{name}": p for name, p in head.named_parameters()}
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for n, p in parameters.items() if n.startswith("adapters")], "peak": options.rate},
            {"params": [p for n, p in parameters.items() if n.startswith("head")], "peak": options.head_rate},
        ],
        lr=0.0,
        betas=(0.9, 0.98),
        weight_decay=0.01,
    )

    rows = [ids for _, ids in texts.train]
    lengths = [len(ids) for ids in rows]
    clock = Clock(options.steps, options.minutes)
    history: list[Step] = []
    snapshots: list[dict[str, object]] = []
    checkpoint = options.folder / "checkpoint.safetensors"
    first = 0
    if checkpoint.is_file() and not options.fresh:
        note = load_checkpoint(checkpoint, parameters, optimizer)
        first, clock.before = int(str(note["step"])), float(str(note["minutes"]))
        history, snapshots = note["history"], note["snapshots"]  # type: ignore[assignment]
        print(f"going on from step {first}, {clock.before:.1f} minutes")
    else:
        counts = torch.bincount(torch.tensor([n for ids in rows for n in ids]), minlength=config.vocab).float()
        counts[:4] = 0
        holes = make(rows[:: max(1, len(rows) // 128)], generator=torch.Generator().manual_seed(2))
        with torch.no_grad():
            head.begin(read_hidden(encoder, holes.ids, holes.mask, dtype)[holes.at], counts, options.seed)

    def keep(step: int) -> None:
        note = {"step": step, "minutes": clock.spent, "history": history, "snapshots": snapshots}
        save_checkpoint(checkpoint, parameters, optimizer, note)

    step, saved, pace = first, time.monotonic(), Pace(options.threads)
    for step, group in [] if options.finish else endless(lengths, options.tokens, options.seed, first):
        share = clock.share(step)
        if share >= len(snapshots) / SNAPSHOTS or share >= 1:
            now: dict[str, object] = {"step": step, "minutes": round(clock.spent, 2)}
            now |= {lang: score(encoder, head, W_E, texts.held[lang][:64], make, dtype) for lang in LANGS}
            snapshots.append(now | {"filled": fill(encoder, head, W_E, bundled, dtype)})
            print("held out", now, flush=True)
        if share >= 1:
            break
        for param_group in optimizer.param_groups:
            param_group["lr"] = param_group["peak"] * rate(share)
        pace.begin(step)
        holes = make([rows[n] for n in group], generator=torch.Generator().manual_seed(options.seed * 10**9 + 7 + step))
        logits = head(read_hidden(encoder, holes.ids, holes.mask, dtype)[holes.at], W_E)
        loss = nn.functional.cross_entropy(logits, holes.answers)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(parameters.values(), 1.0)
        optimizer.step()
        pace.end(holes.ids.numel())
        hits = float((logits.argmax(-1) == holes.answers).float().mean())
        history.append({"loss": round(loss.item(), 4), "top1": round(hits, 4), "norm": round(float(norm), 4)})
        if step % 20 == 0:
            recent = history[-20:]
            mean = {k: sum(item[k] for item in recent) / len(recent) for k in ("loss", "top1", "norm")}
            print(
                f"step {step}  {clock.spent:.1f} min  loss {mean['loss']:.3f}  top-1 {mean['top1']:.3f}  "
                f"gradient {mean['norm']:.2f}  {pace}",
                flush=True,
            )
        if time.monotonic() - saved > 120:
            keep(step + 1)
            saved = time.monotonic()
    if not options.finish:
        keep(step)

    # What is published is scored as it is published: float32 layers, 16-bit adapters and head.
    final = adapt(bundled.module, ADAPTERS, options.seed)
    state = {name: tensor.half() for name, tensor in adapter_state(encoder).items()}
    with torch.no_grad():
        for name, tensor in adapter_state(final).items():
            tensor.copy_(state[name])
        for parameter in head.parameters():
            parameter.copy_(parameter.half())
    scores = {lang: score(final, head, W_full, texts.held[lang][: options.held], make, torch.float32) for lang in LANGS}
    filled = fill(final, head, W_full, bundled, torch.float32)
    for lang in LANGS:
        print(lang, "held out:", {name: round(value, 4) for name, value in scores[lang].items()})
        for gap, found in zip(GAPS[lang], filled[lang], strict=True):
            print("  ", gap.text, "→", " · ".join(f"{word} {p:.2f}" for word, p in found))  # type: ignore[misc]
    about = {
        "adapters": asdict(ADAPTERS),
        "scores": scores,
        "needed": NEEDED,
        "filled": filled,
        "sources": {
            s.name: {"lang": s.lang, "credit": s.credit, "sha256": s.sha256, "sentences": texts.used[s.name]}
            for s, _ in sources
        },
        "training": {"steps": step, "minutes": round(clock.spent, 1), "device": describe(), "type": str(dtype)},
    }
    (options.folder / "result.json").write_text(json.dumps(about, ensure_ascii=False, indent=2), encoding="utf-8")
    if not options.publish:
        return
    if short := [lang for lang in LANGS if scores[lang]["top1"] < NEEDED[lang]]:
        raise SystemExit(f"not published, top-1 is below what is needed: {', '.join(short)}")
    published = {f"adapters.{name}": tensor for name, tensor in adapter_state(final).items()}
    published |= {f"head.{name}": tensor for name, tensor in head.state_dict().items()}
    publish(FOLDERS["masked"], "masked", published, about, {"every": 1, "steps": history, "snapshots": snapshots})


if __name__ == "__main__":
    main()
