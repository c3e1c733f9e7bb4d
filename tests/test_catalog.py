"""The curriculum: complete, in order, and what stands is what it lists."""

import re
from pathlib import Path

import pytest

from core.catalog import BY_SLUG, SECTIONS, TOPICS, Topic, in_section
from core.i18n import LANGS

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "pages"
PROSE = ROOT / "assets" / "text"

# The 28 topics of the course, and the rooms that teach each.
COURSE: dict[int, tuple[str, ...]] = {
    1: ("deep_learning",),
    2: ("neuron",),
    3: ("activations",),
    4: ("overfitting",),
    5: ("gradient_descent",),
    6: ("losses",),
    7: ("regularization",),
    8: ("gradient_flow",),
    9: ("class_imbalance",),
    10: ("tokenization",),
    11: ("subword",),
    12: ("ngrams",),
    13: ("bow_tfidf",),
    14: ("embeddings",),
    15: ("word2vec",),
    16: ("glove",),
    17: ("architectures",),
    18: ("rnn",),
    19: ("lstm_gru",),
    20: ("attention",),
    21: ("transformer",),
    22: ("long_sequences",),
    23: ("masked_lm",),
    24: ("bert",),
    25: ("seq2seq",),
    26: ("transfer_learning",),
    27: ("saliency", "grad_cam", "lime", "shap", "projections"),
    28: (
        "classification_metrics",
        "ner_metrics",
        "translation_metrics",
        "summarization_metrics",
        "generation_metrics",
        "qa_retrieval_metrics",
    ),
}


def built() -> list[str]:
    """The rooms that stand: every file of pages/ but the home page."""
    return sorted(path.stem for path in PAGES.glob("*.py") if path.stem not in ("home", "__init__"))


def marks(path: Path) -> list[str]:
    """The names of the parts of a text."""
    return re.findall(r"^<!-- (\S+) -->$", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_slugs_are_unique_and_snake_case() -> None:
    slugs = [topic.slug for topic in TOPICS]
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", slug) for slug in slugs)
    assert list(BY_SLUG) == slugs
    assert "home" not in slugs


def test_every_topic_of_the_course_has_a_room_and_every_room_a_topic() -> None:
    assert list(COURSE) == list(range(1, 29))
    rooms = [slug for slugs in COURSE.values() for slug in slugs]
    assert sorted(rooms) == sorted(BY_SLUG)


def test_every_section_has_rooms_and_every_room_a_section() -> None:
    ids = [section.id for section in SECTIONS]
    assert len(set(ids)) == len(ids)
    assert all(in_section(section) for section in ids)
    assert [topic for section in ids for topic in in_section(section)] == list(TOPICS)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_a_room_needs_rooms_that_exist(topic: Topic) -> None:
    assert set(topic.needs) <= set(BY_SLUG) - {topic.slug}
    assert len(set(topic.needs)) == len(topic.needs)


def test_no_room_needs_itself_in_a_roundabout_way() -> None:
    done: set[str] = set()

    def visit(slug: str, path: tuple[str, ...]) -> None:
        assert slug not in path, " → ".join((*path, slug))
        if slug not in done:
            for need in BY_SLUG[slug].needs:
                visit(need, (*path, slug))
            done.add(slug)

    for slug in BY_SLUG:
        visit(slug, ())


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_a_room_asks_one_question_in_each_language(topic: Topic) -> None:
    for lang in LANGS:
        assert topic.question.get(lang).endswith("?")
        assert topic.question.get(lang).count("?") == 1
        assert len(topic.title.get(lang)) <= 40
    assert topic.terms is not None


def test_titles_and_questions_tell_rooms_apart() -> None:
    for lang in LANGS:
        titles = [topic.title.get(lang) for topic in TOPICS]
        questions = [topic.question.get(lang) for topic in TOPICS]
        assert len(set(titles)) == len(titles)
        assert len(set(questions)) == len(questions)


def test_the_attention_room_stands() -> None:
    assert "attention" in built()


@pytest.mark.parametrize("slug", built())
def test_a_room_that_stands_is_in_the_catalogue(slug: str) -> None:
    assert slug in BY_SLUG
    assert f'begin("{slug}")' in (PAGES / f"{slug}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("slug", built())
def test_the_prose_of_a_room_has_the_same_parts_in_both_languages(slug: str) -> None:
    texts = {lang: PROSE / f"{slug}.{lang}.md" for lang in LANGS}
    assert {path.exists() for path in texts.values()} == {True}
    parts = {lang: marks(path) for lang, path in texts.items()}
    assert parts["en"] == parts["ru"]
    assert parts["en"]
    assert len(set(parts["en"])) == len(parts["en"])
    # Every part that the room's code asks for is there.
    code = [PAGES / f"{slug}.py", *(PAGES / f"_{slug}").glob("*.py")]
    asked = {part for path in code for part in re.findall(r'\.prose\("(\w+)"\)', path.read_text(encoding="utf-8"))}
    assert asked <= set(parts["en"])


def test_every_text_belongs_to_a_room() -> None:
    names = [path.name.split(".") for path in PROSE.glob("*")]
    assert all(len(name) == 3 and name[0] in BY_SLUG and name[1] in LANGS and name[2] == "md" for name in names)
