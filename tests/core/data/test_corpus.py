"""The project's own corpus: written by the grammar, balanced, and with every right answer often enough to be learnt."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import numpy.typing as npt
import pytest

from core.data import corpus, people_en, people_ru
from core.data.grammar import HOLE, Block, Topic, fill, generate, table
from core.i18n import LANGS, Lang

PEOPLE = {"en": people_en, "ru": people_ru}


@pytest.mark.parametrize("lang", LANGS)
def test_the_file_is_what_the_grammar_writes(lang: Lang) -> None:
    file = corpus.DATA / f"world.{lang}.txt"
    assert file.read_bytes() == "".join(f"{s}\n" for s in corpus.generate_sentences(lang)).encode("utf-8")
    assert file.stat().st_size <= 250_000


@pytest.mark.parametrize("lang", LANGS)
def test_sentences_are_many_different_and_whole(lang: Lang) -> None:
    found = corpus.sentences(lang)
    assert len(found) == len(corpus.TOPICS) * corpus.PER_TOPIC >= 2_500
    assert len(set(found)) == len(found)
    for sentence in found:
        assert re.fullmatch(r"[A-ZА-ЯЁ](?:[^ ]| (?! ))*\.", sentence), sentence
        assert not re.search(r"[{}\[\]|]", sentence), sentence
        assert (re.search("[а-яё]", sentence.lower()) is not None) == (lang == "ru"), sentence
        assert re.search("[a-z]" if lang == "ru" else "[а-яё]", sentence.lower()) is None, sentence


@pytest.mark.parametrize("lang", LANGS)
def test_any_stretch_of_the_file_is_about_all_topics(lang: Lang) -> None:
    assert [topic.name for topic in corpus.world(lang).TOPICS] == list(corpus.TOPICS)
    counted = Counter(corpus.topics(lang)[100:190])
    assert counted == dict.fromkeys(corpus.TOPICS, 10)
    for topic in corpus.world(lang).TOPICS:
        made = set(generate(topic, corpus.PER_TOPIC))
        assert made == {s for s, t in zip(corpus.sentences(lang), corpus.topics(lang), strict=True) if t == topic.name}


@pytest.mark.parametrize("lang", LANGS)
def test_every_written_form_and_every_frame_is_used(lang: Lang) -> None:
    """A form that no sentence needs would be one that nobody reads over."""
    for topic in corpus.world(lang).TOPICS:
        said = [s.lower() for s, t in zip(corpus.sentences(lang), corpus.topics(lang), strict=True) if t == topic.name]
        text, frames = "\n".join(said), set(said)
        for block in topic.blocks:
            for row in block.rows:
                for name, form in row.items():
                    assert name in ("gender", "pair") or form.lower() in text, (topic.name, form)
            for frame in block.frames:
                made = (s.lower() for row in block.rows for s in fill(frame, row, {**topic.lists, **block.lists}))
                assert any(s in frames for s in made), (topic.name, frame)


@pytest.mark.parametrize("lang", LANGS)
def test_right_answers_stand_often_enough_to_be_learnt(lang: Lang) -> None:
    counted = Counter(word for sentence in corpus.sentences(lang) for word in corpus.words(sentence))
    answers = corpus.answers(lang)
    assert 300 <= len(counted) <= 700
    assert list(answers.relations) == list(corpus.RELATIONS)
    assert list(answers.classes) == list(corpus.CLASSES)
    rare = {w: counted[w] for members in answers.classes.values() for w in members if counted[w] < 30}
    assert not rare
    for name, pairs in answers.relations.items():
        assert len(pairs) == len({a for a, _ in pairs}) >= 5, name
        fewest = 10 if name == "language" else 30
        assert all(counted[word] >= fewest for pair in pairs for word in pair), name
    members = [word for words in answers.classes.values() for word in words]
    assert len(members) == len(set(members))


def test_analogies_are_asked_both_ways_round() -> None:
    asked = list(corpus.answers("en").quadruples("capital"))
    assert {("france", "paris", "italy", "rome"), ("italy", "rome", "france", "paris")} <= set(asked)
    assert len(asked) == 9 * 8
    assert ("король", "королева", "мужчина", "женщина") in corpus.answers("ru").quadruples("gender")


@pytest.mark.parametrize("lang", LANGS)
def test_one_sentence_in_five_is_held_out(lang: Lang) -> None:
    train, held_out = corpus.sentences(lang, "train"), corpus.sentences(lang, "held_out")
    assert sorted(train + held_out) == sorted(corpus.sentences(lang))
    assert 0.17 < len(held_out) / len(corpus.sentences(lang)) < 0.23
    assert corpus.sentences(lang) is corpus.sentences(lang)


def test_the_held_out_ones_stay_the_same() -> None:
    assert [
        corpus.is_held_out(f"{country} is a country.")
        for country in ("France", "Italy", "Spain", "Japan", "England", "Poland")
    ] == [
        False,
        False,
        True,
        False,
        False,
        False,
    ]


def test_russian_verbs_agree_with_who_does_it() -> None:
    """In the past tense a man's verb ends in a consonant and a woman's in «а»."""
    he, she = zip(*corpus.answers("ru").relations["gender"], strict=True)
    checked = 0
    for sentence in corpus.sentences("ru"):
        words = corpus.words(sentence)
        for verb, end in (("устал", ""), ("сказал", ""), ("купил", ""), ("надел", ""), ("был", "")):
            for word in words:
                if word in (verb + end, verb + "а"):
                    assert any(w in (she if word.endswith("а") else he) for w in words), sentence
                    checked += 1
    assert checked > 200


def test_a_frame_is_filled_with_what_is_written() -> None:
    rows = table("""gender | who
                    m | кот
                    f | кошка""")
    frame = "{when} {who} [спал|спала] и {when} [ел|ела]."
    assert [list(fill(frame, row, {"when": ("днём",)})) for row in rows] == [
        ["Днём кот спал и днём ел."],
        ["Днём кошка спала и днём ела."],
    ]
    assert list(fill("{a} {b}", {}, {"a": ("x", "y"), "b": ("x", "y")})) == ["X y", "Y x"]
    assert HOLE.findall(frame) == ["when", "who", "when"]


def test_a_topic_that_is_too_small_says_so() -> None:
    with pytest.raises(ValueError, match="small: 1 sentences, 2 are wanted"):
        generate(Topic("small", (Block(({"a": "x"},), ("{a}.",)),), {}), 2)


def vectors(lang: Lang) -> tuple[dict[str, int], npt.NDArray[np.float64]]:
    """The plainest there are: positive PMI within four words, cut to 100 dimensions by SVD (Levy et al. 2015)."""
    rows = [corpus.words(sentence) for sentence in corpus.sentences(lang)]
    index = {word: i for i, word in enumerate(dict.fromkeys(word for row in rows for word in row))}
    C = np.zeros((len(index), len(index)))
    for row in rows:
        for i, word in enumerate(row):
            for other in row[max(0, i - 4) : i]:
                C[index[word], index[other]] += 1
                C[index[other], index[word]] += 1
    context = C.sum(0) ** 0.75
    with np.errstate(divide="ignore"):
        ppmi = np.maximum(np.log(C / C.sum(1, keepdims=True) / (context / context.sum())), 0.0)
    V = np.linalg.svd(ppmi)[0][:, :100]
    return index, V / np.linalg.norm(V, axis=1, keepdims=True)


@pytest.mark.parametrize("lang", LANGS)
def test_vectors_find_the_right_answers(lang: Lang) -> None:
    """Among all words: b − a + c for three analogies of five, the nearest neighbour for four words of five."""
    index, V = vectors(lang)
    answers = corpus.answers(lang)
    right = []
    for name in answers.relations:
        for a, b, c, d in answers.quadruples(name):
            near = V @ (V[index[b]] - V[index[a]] + V[index[c]])
            near[[index[word] for word in (a, b, c)]] = -np.inf
            right.append(near.argmax() == index[d])
    nearest = V @ V.T
    np.fill_diagonal(nearest, -np.inf)
    found = [
        nearest[index[word]].argmax() in [index[other] for other in members]
        for members in answers.classes.values()
        for word in members
    ]
    assert np.mean(right) >= 0.6
    assert np.mean(found) >= 0.8
