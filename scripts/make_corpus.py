"""Write assets/data/world.en.txt and world.ru.txt: the project's own corpus, one sentence a line.

    python -m scripts.make_corpus

The words and sentences are in core/data/world_*.py and people_*.py. The same tables give the same bytes.
"""

from __future__ import annotations

from core.data.corpus import DATA, generate_sentences
from core.i18n import LANGS

if __name__ == "__main__":
    for lang in LANGS:
        text = "".join(f"{sentence}\n" for sentence in generate_sentences(lang))
        (DATA / f"world.{lang}.txt").write_bytes(text.encode("utf-8"))
