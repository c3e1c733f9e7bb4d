"""Our tokenizers beside the library `tokenizers`, one run, one core: `python -m bench.tokenizers [megabytes]`.

The text is made by a seeded generator: words of a Zipf-like vocabulary, so that it is the same everywhere. Only the
ratios count.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Mapping

os.environ.setdefault("RAYON_NUM_THREADS", "1")

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from core.text import bpe, unigram, wordpiece
from core.text.pretokenize import count_words, split_words

SIZE = 2000
SYLLABLES = [a + b + c for a in "bdfgklmnprstvz" for b in "aeiou" for c in ("", "n", "r", "s", "l")]


def make_text(size: int) -> str:
    """About `size` characters of made-up words; the k-th word comes about 1/k as often as the first."""
    dice = random.Random(0)
    words = ["".join(dice.choices(SYLLABLES, k=dice.choice((1, 2, 2, 3, 3, 4)))) for _ in range(30_000)]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    return " ".join(dice.choices(words, weights, k=size // 7))


def timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def train_library(model: object, trainer: object, text: str) -> None:
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.train_from_iterator(text.splitlines(), trainer)


def main(megabytes: float) -> None:
    """Train each once and print seconds and ratio."""
    text = make_text(round(megabytes * 1e6))
    quiet = {"vocab_size": SIZE, "show_progress": False, "special_tokens": []}

    def words() -> Mapping[str, int]:
        return count_words(split_words(text))

    pairs = {
        "BPE": (
            lambda: bpe.train(words(), SIZE),
            lambda: train_library(models.BPE(), trainers.BpeTrainer(**quiet), text),
        ),
        "WordPiece (theirs is BPE)": (
            lambda: wordpiece.train(words(), SIZE),
            lambda: train_library(models.WordPiece(), trainers.WordPieceTrainer(**quiet), text),
        ),
        "Unigram": (
            lambda: unigram.train(words(), SIZE),
            lambda: train_library(models.Unigram(), trainers.UnigramTrainer(max_piece_length=8, **quiet), text),
        ),
    }
    print(f"{len(text) / 1e6:.2f} MB, {len(words())} different words, |V| = {SIZE}")
    for name, (ours, theirs) in pairs.items():
        a, b = timed(ours), timed(theirs)
        print(f"{name:26s} ours {a:6.2f} s   tokenizers {b:6.2f} s   ratio {a / b:5.1f}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
