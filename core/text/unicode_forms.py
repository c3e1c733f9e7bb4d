"""Normal forms, UTF-8 and case folding, by hand: when two texts that look alike are the same text.

Symbols (Unicode Standard, chapter 3; Unicode Standard Annex 15, "Unicode Normalization Forms"):

    code point   a number U+0000…U+10FFFF; Python's `str` is a sequence of them
    D(c)         the canonical decomposition of c, taken apart again and again: й → и + U+0306
    K(c)         the compatible one, which also gives up looks: ﬁ → fi, ² → 2, № → No
    ccc(c)       its combining class: 0 for what stands alone, otherwise where the mark sits
    NFD  = reorder(D)         NFC  = compose(NFD)
    NFKD = reorder(K)         NFKC = compose(NFKD)

A mark is moved only across marks of another class. Two code points are composed when nothing of the same or a higher
class stands between them and their whole is not excluded from composition. The data about each character are Python's
(`unicodedata`), the algorithm is here; Hangul is arithmetic (section 3.12).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Literal

Form = Literal["raw", "NFC", "NFD", "NFKC", "NFKD"]
FORMS: tuple[Form, ...] = ("raw", "NFC", "NFD", "NFKC", "NFKD")

S, L, V, T = 0xAC00, 0x1100, 0x1161, 0x11A7
L_COUNT, V_COUNT, T_COUNT = 19, 21, 28
S_COUNT = L_COUNT * V_COUNT * T_COUNT
LAST_COMPOSED = 0x30000

# Cyrillic letters that a Latin font draws alike. Unicode's own list (Technical Standard 39) is far longer.
TWINS = dict(zip("АВЕЅІЈКМНОРСТУХасеоруѕіјхһԁԛԝ", "ABESIJKMHOPCTYXaceopysijxhdqw", strict=True))
YO = str.maketrans("ёЁ", "еЕ")


@lru_cache(maxsize=8192)
def decompose_one(character: str, *, is_compatible: bool) -> str:
    """D(c) or K(c), in full."""
    place = ord(character) - S
    if 0 <= place < S_COUNT:
        parts = [L + place // (V_COUNT * T_COUNT), V + place % (V_COUNT * T_COUNT) // T_COUNT, T + place % T_COUNT]
        return "".join(map(chr, parts if parts[-1] != T else parts[:-1]))
    given = unicodedata.decomposition(character)
    if not given or (given.startswith("<") and not is_compatible):
        return character
    codes = given.split(" ")[1:] if given.startswith("<") else given.split(" ")
    return "".join(decompose_one(chr(int(code, 16)), is_compatible=is_compatible) for code in codes)


def reorder_marks(text: str) -> str:
    """Runs of marks in order of their class; those of one class stay as they stand."""
    out: list[str] = []
    run: list[str] = []
    for character in text:
        if unicodedata.combining(character):
            run.append(character)
            continue
        out += [*sorted(run, key=unicodedata.combining), character]
        run = []
    return "".join([*out, *sorted(run, key=unicodedata.combining)])


@cache
def pairs() -> dict[tuple[str, str], str]:
    """(first, second) → the one code point that they make."""
    made = {}
    for code in range(0xC0, LAST_COMPOSED):
        character = chr(code)
        given = unicodedata.decomposition(character)
        if given and " " in given and given[0] != "<" and unicodedata.is_normalized("NFC", character):
            first, second = (chr(int(part, 16)) for part in given.split(" "))
            made[first, second] = character
    return made


def compose_pair(first: str, second: str) -> str | None:
    """The one code point for both, or None."""
    a, b = ord(first), ord(second)
    if 0 <= a - L < L_COUNT and 0 <= b - V < V_COUNT:
        return chr(S + ((a - L) * V_COUNT + b - V) * T_COUNT)
    if 0 <= a - S < S_COUNT and (a - S) % T_COUNT == 0 and 0 < b - T < T_COUNT:
        return chr(a + b - T)
    return pairs().get((first, second))


def compose(text: str) -> str:
    """Join what can be one code point; `text` is decomposed and in order."""
    out: list[str] = []
    starter = -1
    last = 0
    for character in text:
        rank = unicodedata.combining(character)
        # Blocked: something of the same or a higher class stands between the starter and this one.
        is_free = starter >= 0 and (starter == len(out) - 1 or last < rank)
        whole = compose_pair(out[starter], character) if is_free else None
        if whole:
            out[starter] = whole
            continue
        out.append(character)
        last = rank
        if rank == 0:
            starter = len(out) - 1
    return "".join(out)


def normalize(form: Form, text: str) -> str:
    """`text` in a normal form; "raw" leaves it as it is.

    >>> [len(normalize(form, "йﬁ")) for form in FORMS]
    [2, 2, 3, 3, 4]
    """
    if form == "raw":
        return text
    apart = reorder_marks("".join(decompose_one(c, is_compatible="K" in form) for c in text))
    return compose(apart) if form.endswith("C") else apart


def utf8(code: int) -> tuple[str, ...]:
    """The bytes of a code point as bits, eight characters each.

    The first byte says by its ones how many there are; every further one begins with 10 (RFC 3629, section 3).

    >>> utf8(ord("й"))
    ('11010000', '10111001')
    """
    count = 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4
    if count == 1:
        return (f"{code:08b}",)
    bits = f"{code:0{5 * count + 1}b}"
    head = 7 - count
    rest = bits[head:]
    return ("1" * count + "0" + bits[:head], *(f"10{rest[k : k + 6]}" for k in range(0, len(rest), 6)))


def drop_hidden(text: str) -> str:
    """Without characters that show nothing: category Cf, such as zero-width spaces, joiners and turns of direction."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def untwin(text: str) -> str:
    """Cyrillic letters that look Latin, as the Latin ones: two texts that a reader cannot tell apart become one."""
    return "".join(TWINS.get(c, c) for c in text)


def script(character: str) -> str:
    """The script of a letter, by the first word of its name: LATIN, CYRILLIC, CJK…; "" for what is no letter."""
    if unicodedata.category(character)[0] != "L":
        return ""
    return unicodedata.name(character, "").split(" ")[0].split("-")[0]


def mixed_words(words: Iterable[str]) -> tuple[str, ...]:
    """Words with letters of more than one script among Latin, Cyrillic and Greek."""
    kinds = {"LATIN", "CYRILLIC", "GREEK"}
    return tuple(word for word in words if len({script(c) for c in word} & kinds) > 1)
