"""Is a sentence pleased or not? Four answers of growing price, on sentences from reviews of films and products.

    python -m scripts.train_sentiment --minutes 12

    tf-idf      words and pairs of words, weighted, and a logistic regression
    frozen      the bundled encoder as it is, the mean of its last hidden states, and a logistic regression
    fine-tuned  low-rank adapters in its upper layers (`core.models.adapters`), beginning with the regression of the
                frozen one as its head (Kumar et al. 2022, "Fine-Tuning can Distort Pretrained Features")

Data: `film_reviews` and `product_reviews` of `core.data.registry`, English. People rated each sentence from −4 to 4;
those with |mean| > 0.5 are kept, as many pleased as displeased ones from each source and on each side of the split,
which is decided by a hash of the sentence (`core.data.readers.split_of`). The adapters learn from σ(2·mean), so that a
sentence that people doubted does not pull as hard as one on which they agreed; what is scored is the sign.

The layers below the first adapter never change, so they are run once and what they put out is kept. A run that was
stopped goes on when the same command is given again; `--fresh` begins anew. `--publish` writes assets/models/sentiment,
and only when every answer is as good as it has to be.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from core.data import registry
from core.data.opinions import OPINIONS
from core.data.readers import Split, polar
from core.device import describe
from core.i18n import LANGS
from core.models.adapted import FOLDERS
from core.models.adapters import AdapterConfig, adapt, adapter_state, load_adapters
from core.models.bundled import load_encoder
from core.models.encoder import Encoder, mean_pool
from core.models.task_heads import SentenceHead
from scripts.train_mlm import cast
from scripts.training import CACHE, Clock, Pace, endless, load_checkpoint, pad, publish, rate, save_checkpoint

SOURCES = ("film_reviews", "product_reviews")
MOST_TOKENS = 64
FIRST = 4
NEEDED = {"tf-idf": 0.80, "frozen": 0.84, "fine-tuned": 0.87}
ADAPTERS = AdapterConfig(rank=16, alpha=16.0, layers=tuple(range(FIRST, 12)))


@dataclass(frozen=True)
class Rated:
    text: str
    score: float
    source: str
    split: Split


def gather() -> list[Rated]:
    """Balanced within each source and each side: of the larger class those with the smallest hash are taken."""
    found: list[Rated] = []
    for source in SOURCES:
        kept, _ = polar(registry.read(source))
        for split in ("train", "test"):
            sides: list[list[Rated]] = []
            for sign in (-1, 1):
                side = [Rated(s.text, s.score, source, split) for s in kept if s.split == split and s.score * sign > 0]
                sides.append(sorted(side, key=lambda one: hashlib.sha256(one.text.encode()).digest()))
            most = min(map(len, sides))
            found += [one for side in sides for one in side[:most]]
    return found


def score_words(rated: Sequence[Rated]) -> float:
    """tf-idf of words and pairs of words, logistic regression; accuracy on the test side."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    train = [one for one in rated if one.split == "train"]
    test = [one for one in rated if one.split == "test"]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    model = LogisticRegression(C=20.0, max_iter=2000)
    model.fit(vectorizer.fit_transform([one.text for one in train]), [one.score > 0 for one in train])
    return float(model.score(vectorizer.transform([one.text for one in test]), [one.score > 0 for one in test]))


def fit_line(X: np.ndarray, y: np.ndarray) -> tuple[Tensor, Tensor]:
    """Logistic regression on standardised columns, given back for the columns as they are: w (d_model,), b ()."""
    from sklearn.linear_model import LogisticRegressionCV

    mean, spread = X.mean(0), X.std(0)
    model = LogisticRegressionCV(Cs=[0.003, 0.01, 0.03, 0.1], cv=4, max_iter=500)
    model.fit((X - mean) / spread, y)
    w = model.coef_[0] / spread
    return torch.tensor(w, dtype=torch.float32), torch.tensor(model.intercept_[0] - w @ mean, dtype=torch.float32)


@torch.no_grad()
def run_below(encoder: Encoder, rows: list[list[int]], dtype: torch.dtype) -> tuple[list[Tensor], Tensor]:
    """Of each sentence what layer FIRST reads, (pos d_model), and the mean of the last hidden states, (n d_model)."""
    below: list[Tensor] = [torch.empty(0)] * len(rows)
    pooled = torch.empty(len(rows), encoder.config.d_model)
    order = sorted(range(len(rows)), key=lambda n: len(rows[n]))
    pace = Pace(torch.get_num_threads())
    for k, begin in enumerate(range(0, len(order), 64)):
        group = order[begin : begin + 64]
        ids, mask = pad([rows[n] for n in group], 1)
        pace.begin(k)
        x = encoder.embeddings(encoder.embed(ids)).to(dtype)
        for place, layer in enumerate(encoder.layers):
            if place == FIRST:
                for n, row in zip(group, x, strict=True):
                    below[n] = row[: len(rows[n])].clone()
            x = layer(x, mask).out
        pooled[group] = mean_pool(x.float(), mask)
        pace.end(ids.numel())
        if k % 20 == 0:
            print(f"read {begin} of {len(order)}  {pace}", flush=True)
    return below, pooled


def run_above(encoder: Encoder, below: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Padded hidden states of the last layer (batch pos d_model) and the mask (batch pos)."""
    x = nn.utils.rnn.pad_sequence(below, batch_first=True)
    lengths = torch.tensor([len(one) for one in below])
    mask = torch.arange(x.shape[1])[None] < lengths[:, None]
    for layer in list(encoder.layers)[FIRST:]:
        x = layer(x, mask).out
    return x.float(), mask


@torch.no_grad()
def judge(encoder: Encoder, head: SentenceHead, below: list[Tensor]) -> Tensor:
    """Logits of all sentences, (n,)."""
    out = torch.empty(len(below))
    order = sorted(range(len(below)), key=lambda n: len(below[n]))
    for begin in range(0, len(order), 64):
        group = order[begin : begin + 64]
        out[group] = head(*run_above(encoder, [below[n] for n in group]))[:, 0]
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=12.0)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--tokens", type=int, default=1024)
    parser.add_argument("--rate", type=float, default=6e-4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--float32", action="store_true", help="train in float32 where bfloat16 is slow")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--publish", action="store_true")
    parser.add_argument("--folder", type=Path, default=CACHE / "sentiment")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    dtype = torch.float32 if options.float32 else torch.bfloat16

    rated = gather()
    is_test = np.array([one.split == "test" for one in rated])
    y = np.array([one.score > 0 for one in rated])
    print(f"{len(rated)} sentences, {int(is_test.sum())} of them for the test", flush=True)
    scores: dict[str, float] = {"tf-idf": score_words(rated)}
    print("tf-idf + regression:", round(scores["tf-idf"], 4), flush=True)

    bundled = load_encoder()
    opinions = [one for lang in LANGS for one in OPINIONS[lang]]
    encodings = bundled.tokenizer.encode_batch([one.text for one in (*rated, *opinions)])
    rows = [e.ids if len(e.ids) <= MOST_TOKENS else [*e.ids[: MOST_TOKENS - 1], 2] for e in encodings]
    base = cast(bundled.module, dtype)
    below, pooled = run_below(base, rows, dtype)
    n = len(rated)
    w, b = fit_line(pooled[:n][~is_test].numpy(), y[~is_test])
    own = np.array([one.is_positive for one in opinions])
    is_ru = np.array([n >= len(OPINIONS["en"]) for n in range(len(opinions))])

    def accuracy(name: str, logits: Tensor) -> None:
        said = logits.numpy() > 0
        scores[name] = float((said[:n] == y)[is_test].mean())
        for source in SOURCES:
            chosen = is_test & np.array([one.source == source for one in rated])
            scores[f"{name}, {source}"] = float((said[:n] == y)[chosen].mean())
        scores[f"{name}, our English"] = float((said[n:] == own)[~is_ru].mean())
        scores[f"{name}, our Russian"] = float((said[n:] == own)[is_ru].mean())
        print({k: round(v, 4) for k, v in scores.items() if k.startswith(name)}, flush=True)

    accuracy("frozen", pooled @ w + b)

    encoder = adapt(base, ADAPTERS, options.seed)
    head = SentenceHead(bundled.config.d_model, 1)
    with torch.no_grad():
        head.out.weight.copy_(w[None])
        head.out.bias.copy_(b[None])
    parameters = {f"adapters.{name}": p for name, p in encoder.named_parameters() if p.requires_grad}
    parameters |= {f"head.{name}": p for name, p in head.named_parameters()}
    optimizer = torch.optim.AdamW(parameters.values(), lr=0.0, betas=(0.9, 0.98), weight_decay=0.01)
    train = np.flatnonzero(~is_test).tolist()
    test = np.flatnonzero(is_test).tolist()
    small = test[:: max(1, len(test) // 300)]
    targets = torch.sigmoid(2 * torch.tensor([rated[k].score for k in train]))
    clock = Clock(options.steps, options.minutes)
    checkpoint = options.folder / "checkpoint.safetensors"
    history: list[dict[str, float]] = []
    first = 0
    if checkpoint.is_file() and not options.fresh:
        note = load_checkpoint(checkpoint, parameters, optimizer)
        first, clock.before = int(str(note["step"])), float(str(note["minutes"]))
        history = note["history"]  # type: ignore[assignment]
        print(f"going on from step {first}, {clock.before:.1f} minutes")

    def keep(step: int) -> None:
        save_checkpoint(checkpoint, parameters, optimizer, {"step": step, "minutes": clock.spent, "history": history})

    lengths = [len(rows[k]) for k in train]
    step, saved, pace = first, time.monotonic(), Pace(options.threads)
    for step, group in endless(lengths, options.tokens, options.seed, first):
        share = clock.share(step)
        if share >= 1:
            break
        for param_group in optimizer.param_groups:
            param_group["lr"] = options.rate * rate(share, warm=0.08)
        pace.begin(step)
        h, mask = run_above(encoder, [below[train[k]] for k in group])
        logits = head(h, mask)[:, 0]
        loss = nn.functional.binary_cross_entropy_with_logits(logits, targets[group])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(parameters.values(), 1.0)
        optimizer.step()
        pace.end(mask.numel())
        hits = float(((logits > 0) == (targets[group] > 0.5)).float().mean())
        history.append({"loss": round(loss.item(), 4), "accuracy": round(hits, 4), "norm": round(float(norm), 4)})
        if step % 50 == 0:
            recent = history[-50:]
            mean = {k: sum(item[k] for item in recent) / len(recent) for k in ("loss", "accuracy", "norm")}
            held = (judge(encoder, head, [below[k] for k in small]).numpy() > 0) == y[small]
            print(
                f"step {step}  {clock.spent:.1f} min  loss {mean['loss']:.3f}  accuracy {mean['accuracy']:.3f}  "
                f"held out {held.mean():.3f}  gradient {mean['norm']:.2f}  {pace}",
                flush=True,
            )
        if time.monotonic() - saved > 90:
            keep(step + 1)
            saved = time.monotonic()
    keep(step)

    # What is published is scored as it is published: float32 layers, 16-bit adapters and head.
    final = adapt(bundled.module, ADAPTERS, options.seed)
    load_adapters(final, {name: tensor.half().float() for name, tensor in adapter_state(encoder).items()})
    with torch.no_grad():
        for parameter in head.parameters():
            parameter.copy_(parameter.half())
    chosen = [*test, *range(n, len(rows))]
    logits = torch.zeros(len(rows))
    exact, _ = run_below(bundled.module, [rows[k] for k in chosen], torch.float32)
    logits[chosen] = judge(final, head, exact)
    accuracy("fine-tuned", logits)
    about = {
        "adapters": asdict(ADAPTERS),
        "scores": {name: round(value, 4) for name, value in scores.items()},
        "needed": NEEDED,
        "sentences": {"train": len(train), "test": len(test)},
        "sources": {name: registry.find(name).credit for name in SOURCES},
        "training": {"steps": step, "minutes": round(clock.spent, 1), "device": describe(), "type": str(dtype)},
    }
    (options.folder / "result.json").write_text(json.dumps(about, ensure_ascii=False, indent=2), encoding="utf-8")
    if not options.publish:
        return
    if short := [name for name, least in NEEDED.items() if scores[name] < least]:
        raise SystemExit(f"not published, below what is needed: {', '.join(short)}")
    state = {f"adapters.{name}": tensor for name, tensor in adapter_state(final).items()}
    state |= {f"head.{name}": tensor for name, tensor in head.state_dict().items()}
    publish(FOLDERS["sentiment"], "sentiment", state, about, {"every": 1, "steps": history})


if __name__ == "__main__":
    main()
