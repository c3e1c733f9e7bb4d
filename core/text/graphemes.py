"""Grapheme clusters: what a reader calls one character, however many code points it takes.

Rules of Unicode Standard Annex 29, "Unicode Text Segmentation", table 1c: cut everywhere except

    GB3       between CR and LF
    GB6–8     inside a Hangul syllable written in its parts
    GB9, 9a   before a mark, an emoji's skin, a joiner (Extend, ZWJ, SpacingMark)
    GB9b      after a sign that belongs to what follows (Prepend)
    GB9c      inside an Indic conjunct: consonant, virama, consonant (the six scripts of Unicode 15.1)
    GB11      pictograph × ZWJ × pictograph: families
    GB12, 13  inside a pair of regional indicators: flags

Python knows categories but not the property Grapheme_Cluster_Break; it follows from the category with the exceptions
that are listed here.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ZWJ = "\u200d"
# Marks with a width that nevertheless begin a cluster of their own (Myanmar, Tai Tham, Meetei Mayek, Ahom).
APART = frozenset(
    (
        *(0x102B, 0x102C, 0x1038, *range(0x1062, 0x1065), *range(0x1067, 0x106E), 0x1083, *range(0x1087, 0x108D)),
        *(0x108F, *range(0x109A, 0x109D), 0x1A61, 0x1A63, 0x1A64, 0xAA7B, 0xAA7D, 0x11720, 0x11721),
    )
)
PREPEND = frozenset(
    (
        *(*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0xD4E, 0x110BD, 0x110CD, 0x111C2, 0x111C3),
        *(0x1193F, 0x11941, *range(0x11A84, 0x11A8A), 0x11D46),
    )
)
PICTOGRAPHS = (
    *((0xA9, 0xA9), (0xAE, 0xAE), (0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122), (0x2139, 0x2139)),
    *((0x2194, 0x2199), (0x21A9, 0x21AA), (0x231A, 0x231B), (0x2328, 0x2328), (0x23CF, 0x23CF), (0x23E9, 0x23FA)),
    *((0x24C2, 0x24C2), (0x25AA, 0x25FE), (0x2600, 0x27BF), (0x2934, 0x2935), (0x2B05, 0x2B07), (0x2B1B, 0x2B1C)),
    *((0x2B50, 0x2B50), (0x2B55, 0x2B55), (0x3030, 0x3030), (0x303D, 0x303D), (0x3297, 0x3297), (0x3299, 0x3299)),
    *((0x1F000, 0x1F1E5), (0x1F200, 0x1F3FA), (0x1F400, 0x1FAFF), (0x1FC00, 0x1FFFD)),
)
INDIC = frozenset({0x900, 0x980, 0xA80, 0xB00, 0xC00, 0xD00})


@lru_cache(maxsize=8192)
def break_class(character: str) -> str:
    """The class of a character: CR, LF, Control, Extend, ZWJ, Prepend, RI, L, V, T, LV, LVT, Pictograph or Other.

    Marks with a width (SpacingMark) are Extend here: neither is ever cut off from what stands before it.
    """
    code, category = ord(character), unicodedata.category(character)
    if character in "\r\n":
        return "CR" if character == "\r" else "LF"
    if character == ZWJ:
        return "ZWJ"
    if code in PREPEND:
        return "Prepend"
    is_mark = category in ("Mn", "Me") or (category == "Mc" and code not in APART)
    # Thai and Lao AM, half-width voicing marks, and the letters of flags of regions are not marks by category.
    is_late = code in (0x200C, 0xE33, 0xEB3, 0xFF9E, 0xFF9F) or 0xE0020 <= code <= 0xE007F
    if is_mark or is_late or 0x1F3FB <= code <= 0x1F3FF:
        return "Extend"
    if category in ("Cc", "Cf", "Zl", "Zp"):
        return "Control"
    if 0x1F1E6 <= code <= 0x1F1FF:
        return "RI"
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return "L"
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return "V"
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return "T"
    if 0xAC00 <= code <= 0xD7A3:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    return "Pictograph" if any(lo <= code <= hi for lo, hi in PICTOGRAPHS) else "Other"


def split_clusters(text: str) -> list[str]:
    """The grapheme clusters of `text`; joined they are the text again.

    >>> split_clusters("и\\u0306🇷🇸👩\\u200d🔬")
    ['й', '🇷🇸', '👩\u200d🔬']
    """
    if not text:
        return []
    starts = [n for n in range(len(text)) if n == 0 or not is_joined(text, n)]
    return [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def is_joined(text: str, at: int) -> bool:
    """Whether text[at − 1] and text[at] belong to one cluster."""
    before, after = break_class(text[at - 1]), break_class(text[at])
    if before == "CR" and after == "LF":
        return True
    if {before, after} & {"CR", "LF", "Control"}:
        return False
    if after in ("Extend", "ZWJ") or before == "Prepend":
        return True
    if before == "L" and after in ("L", "V", "LV", "LVT"):
        return True
    if (before in ("LV", "V") and after in ("V", "T")) or (before in ("LVT", "T") and after == "T"):
        return True
    if before == "ZWJ" and after == "Pictograph":
        back = at - 2
        while back >= 0 and break_class(text[back]) == "Extend":
            back -= 1
        return back >= 0 and break_class(text[back]) == "Pictograph"
    if before == after == "RI":
        back = at - 1
        while back >= 0 and break_class(text[back]) == "RI":
            back -= 1
        return (at - 1 - back) % 2 == 1
    return is_conjunct(text, at)


def is_conjunct(text: str, at: int) -> bool:
    """GB9c: a consonant, then marks with at least one virama among them, then a consonant of such a script."""
    if not _is_consonant(text[at]):
        return False
    back, has_virama = at - 1, False
    while back >= 0 and break_class(text[back]) in ("Extend", "ZWJ"):
        code = ord(text[back])
        has_virama = has_virama or (code & 0x7F == 0x4D and code & ~0x7F in INDIC)
        # A mark with a width ends the row of marks that the rule looks through.
        if unicodedata.category(text[back]) == "Mc" or text[back] == "\u200c":
            return False
        back -= 1
    return has_virama and back >= 0 and _is_consonant(text[back])


def _is_consonant(character: str) -> bool:
    code = ord(character)
    block, place = code & ~0x7F, code & 0x7F
    if block not in INDIC or unicodedata.category(character) != "Lo":
        return False
    is_extra = (0x58 <= place <= 0x5F and block != 0xD00) or (place >= 0x78 and block == 0x900)
    return is_extra or 0x15 <= place <= (0x3A if block == 0xD00 else 0x39)
