"""The worked example: the numbers of the course, PyTorch's own attention, and the laws that attention obeys."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.attention.worked import (
    MAX_TOKENS,
    WorkedParams,
    WorkedTrace,
    embed_word,
    fit_rows,
    hidden_keys,
    reference,
    run,
    softmax_rows,
    split_heads,
    split_words,
    tables,
)
from core.errors import Refusal
from core.i18n import LANGS
from core.params import Choice, Grid, Slider

MASKS = tuple(k for k in WorkedParams.knobs()["mask"].options)  # type: ignore[attr-defined]
F64 = npt.NDArray[np.float64]


def matrices(rows: int, bound: float) -> st.SearchStrategy[Any]:
    """A matrix of two columns; whole numbers and the bounds themselves come up often."""
    number = st.one_of(
        st.floats(-bound, bound), st.integers(-int(bound), int(bound)).map(float), st.sampled_from([-bound, 0.0, bound])
    )
    return st.lists(st.tuples(number, number), min_size=rows, max_size=rows).map(tuple)


@st.composite
def params(draw: Any, bound: float = 100.0, **fixed: Any) -> WorkedParams:
    """Any legal parameters, every knob up to its bounds; matrices within `bound`."""
    n = draw(st.integers(1, MAX_TOKENS))
    values: dict[str, Any] = {"words": " ".join("abcdef"[:n]), "X": draw(matrices(n, bound))}
    for name, knob in WorkedParams.knobs().items():
        kind = WorkedParams.model_fields[name].annotation
        if isinstance(knob, Choice):
            values[name] = draw(st.sampled_from(list(knob.options)))
        elif isinstance(knob, Grid) and name != "X":
            values[name] = draw(matrices(2, bound))
        elif isinstance(knob, Slider):
            among = st.integers(int(knob.lo), int(knob.hi)) if kind is int else st.floats(knob.lo, knob.hi)
            values[name] = draw(st.one_of(st.sampled_from([kind(knob.lo), kind(knob.hi)]), among))
        elif kind is bool:
            values[name] = draw(st.booleans())
    return WorkedParams.parse({**values, **fixed})


def rounding(trace: WorkedTrace) -> float:
    """What double precision itself may change in the output: an error in a score moves the weights as much."""
    scores = trace.scores[np.isfinite(trace.scores)]
    return float(64 * np.finfo(np.float64).eps * np.abs(scores).max(initial=1) * np.abs(trace.V).max(initial=1))


def plain_attention(p: WorkedParams, X: F64, W_Q: F64, W_K: F64, W_V: F64) -> tuple[F64, F64]:
    """One head from the definition, number by number: the slow oracle. Returns weights and output."""
    Q, K, V = X @ W_Q, X @ W_K, X @ W_V
    n, d = len(X), Q.shape[1]
    weights, output = np.zeros((n, n)), np.zeros((n, d))
    for i in range(n):
        seen = {"none": range(n), "causal": range(i + 1), "padding": range(n - 1), "all": ()}[p.mask]
        scores = {}
        for j in seen:
            if p.score == "dot":
                raw = sum(Q[i, c] * K[j, c] for c in range(d))
                scores[j] = raw / (math.sqrt(d) if p.is_scaled else 1) / p.temperature
            else:
                scores[j] = sum(math.tanh(Q[i, c] + K[j, c]) for c in range(d)) / p.temperature
        if not scores:
            weights[i], output[i] = math.nan, math.nan
            continue
        total = sum(math.exp(s - max(scores.values())) for s in scores.values())
        for j, s in scores.items():
            weights[i, j] = math.exp(s - max(scores.values())) / total
        output[i] = sum(weights[i, j] * V[j] for j in seen)
    return weights, output


@pytest.mark.parametrize("lang", LANGS)
def test_the_course_example_comes_out_to_the_last_digit(lang: Any) -> None:
    trace = run(WorkedParams.default(lang))
    assert trace.tokens == {"en": ("I", "love", "life"), "ru": ("Я", "люблю", "жизнь")}[lang]
    np.testing.assert_array_equal(trace.Q, [[1, 2], [2, 1], [1, 0]])
    np.testing.assert_array_equal(trace.K, [[1, 3], [2, 3], [1, 1]])
    np.testing.assert_array_equal(trace.V, [[2, 1], [1, 2], [0, 1]])
    scores = [[4.9497, 5.6569, 2.1213], [3.5355, 4.9497, 2.1213], [0.7071, 1.4142, 0.7071]]
    weights = [[0.3239, 0.6569, 0.0191], [0.1867, 0.7679, 0.0454], [0.2483, 0.5035, 0.2483]]
    output = [[1.3048, 1.6569], [1.1413, 1.7679], [1.0, 1.5035]]
    np.testing.assert_allclose(trace.scores[0], scores, rtol=0, atol=5.1e-5)
    np.testing.assert_allclose(trace.weights[0], weights, rtol=0, atol=5.1e-5)
    np.testing.assert_allclose(trace.output, output, rtol=0, atol=5.1e-5)
    assert len(reference(trace)) == 3
    assert all(check.passed for check in reference(trace))


@settings(deadline=None, max_examples=80)
@given(params())
def test_every_step_is_the_definition(p: WorkedParams) -> None:
    trace = run(p)
    half = trace.d_head
    W_Q, W_K, W_V = (np.array(W) for W in (p.W_Q, p.W_K, p.W_V))
    for head in range(p.heads):
        own = slice(head * half, (head + 1) * half)
        weights, output = plain_attention(p, trace.X, W_Q[:, own], W_K[:, own], W_V[:, own])
        np.testing.assert_allclose(trace.weights[head], weights, rtol=0, atol=1e-9 + rounding(trace))
        np.testing.assert_allclose(trace.output[:, own], output, rtol=0, atol=1e-9 + rounding(trace))


@settings(deadline=None, max_examples=80)
@given(params(bound=10.0))
def test_every_library_check_passes(p: WorkedParams) -> None:
    trace = run(p)
    checks = reference(trace)
    names = [check.what.en for check in checks]
    if trace.lonely_rows():
        assert names == []
    elif p.score == "additive":
        assert names == ["softmax(tanh(q + k))·V"]
    elif p.is_scaled and p.temperature == 1.0:
        assert names == ["scaled_dot_product_attention", "nn.MultiheadAttention", "weights"]
    else:
        assert names == ["scaled_dot_product_attention"]
    for check in checks:
        assert check.tolerance <= 5e-6
        assert check.library == "torch"
        assert check.passed, check


@settings(deadline=None, max_examples=80)
@given(params(score="dot"))
def test_torch_agrees_up_to_rounding_at_every_bound(p: WorkedParams) -> None:
    trace = run(p)
    for check in reference(trace):
        assert check.difference <= 1e-6 + rounding(trace), check


@settings(deadline=None, max_examples=60)
@given(params(bound=10.0, score="dot", is_scaled=True, temperature=1.0), st.sampled_from(["none", "causal", "padding"]))
def test_multihead_attention_of_torch_computes_the_same(p: WorkedParams, mask: str) -> None:
    p = p.model_copy(update={"mask": mask})
    trace = run(p)
    if trace.lonely_rows():
        assert mask == "padding"
        assert len(trace.tokens) == 1
        return
    layer = torch.nn.MultiheadAttention(2, p.heads, bias=False, dtype=torch.float64)
    with torch.no_grad():
        layer.in_proj_weight.copy_(torch.tensor(np.concatenate([np.array(W).T for W in (p.W_Q, p.W_K, p.W_V)])))
        layer.out_proj.weight.copy_(torch.eye(2))
        X = torch.tensor(np.array(trace.X))
        theirs, weights = layer(X, X, X, attn_mask=torch.tensor(trace.is_masked), average_attn_weights=False)
    np.testing.assert_allclose(trace.weights, weights.numpy(), rtol=0, atol=1e-6)
    np.testing.assert_allclose(trace.output, theirs.numpy(), rtol=0, atol=1e-6)


def test_a_wrong_output_does_not_pass_the_check() -> None:
    trace = run(WorkedParams())
    output, weights = trace.output + 1e-5, trace.weights + 1e-5
    spoiled = WorkedTrace(**{**vars(trace), "output": output, "weights": weights})
    assert [check.passed for check in reference(spoiled)] == [False, False, False]
    additive = run(WorkedParams(score="additive"))
    assert not reference(WorkedTrace(**{**vars(additive), "output": additive.output + 1e-5}))[0].passed


@settings(deadline=None, max_examples=60)
@given(params())
def test_a_row_is_a_distribution_over_the_keys_it_may_see(p: WorkedParams) -> None:
    trace = run(p)
    assert np.isnan(trace.scores).sum() == 0
    assert (trace.scores[:, trace.is_masked] == -np.inf).all()
    lonely = np.zeros(len(trace.tokens), dtype=bool)
    lonely[list(trace.lonely_rows())] = True
    assert np.isnan(trace.weights[:, lonely]).all()
    assert np.isnan(trace.output[lonely]).all()
    alive = trace.weights[:, ~lonely]
    assert ((alive >= 0) & (alive <= 1)).all()
    np.testing.assert_allclose(alive.sum(-1), 1, rtol=0, atol=1e-12)
    assert (alive[:, trace.is_masked[~lonely]] == 0).all()
    assert np.isfinite(trace.output[~lonely]).all()


@pytest.mark.parametrize("score", ["dot", "additive"])
@pytest.mark.parametrize(
    ("words", "mask", "hidden", "lonely"),
    [
        ("a b c", "none", [[0, 0, 0], [0, 0, 0], [0, 0, 0]], ()),
        ("a b c", "causal", [[0, 1, 1], [0, 0, 1], [0, 0, 0]], ()),
        ("a b c", "padding", [[0, 0, 1], [0, 0, 1], [0, 0, 1]], ()),
        ("a b c", "all", [[1, 1, 1], [1, 1, 1], [1, 1, 1]], (0, 1, 2)),
        ("a", "padding", [[1]], (0,)),
        ("a", "causal", [[0]], ()),
    ],
)
def test_a_mask_hides_these_keys(score: str, words: str, mask: str, hidden: list[list[int]], lonely: Any) -> None:
    trace = run(WorkedParams(words=words, mask=mask, score=score))
    np.testing.assert_array_equal(trace.is_masked, np.array(hidden, dtype=bool))
    assert trace.lonely_rows() == lonely
    assert bool(reference(trace)) != bool(lonely)


def test_a_masked_key_counts_as_if_it_were_not_there() -> None:
    padded, short = run(WorkedParams(mask="padding")), run(WorkedParams(words="I love"))
    np.testing.assert_allclose(padded.output[:2], short.output, atol=1e-12)
    causal = run(WorkedParams(mask="causal"))
    np.testing.assert_array_equal(causal.weights[0, 0], [1, 0, 0])
    np.testing.assert_allclose(causal.output[:2, :][1], run(WorkedParams(words="I love")).output[1], atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_what_pytorch_does_when_every_key_is_hidden(dtype: torch.dtype) -> None:
    """The room says: a plain softmax gives NaN here, PyTorch's fused attention returns zeros."""
    q = torch.randn(1, 2, 3, 4, dtype=dtype, generator=torch.Generator().manual_seed(0))
    nothing = torch.zeros(3, 3, dtype=torch.bool)
    assert torch.softmax(torch.full((3,), -torch.inf, dtype=dtype), -1).isnan().all()
    fused = torch.nn.functional.scaled_dot_product_attention(q, q, q, attn_mask=nothing)
    assert (fused == 0).all()
    one_row = torch.ones(3, 3, dtype=torch.bool)
    one_row[1] = False
    fused = torch.nn.functional.scaled_dot_product_attention(q, q, q, attn_mask=one_row)
    assert (fused[:, :, 1] == 0).all()
    assert (fused[:, :, [0, 2]] != 0).all()
    layer = torch.nn.MultiheadAttention(4, 2, bias=False, batch_first=True, dtype=dtype)
    assert layer(q[0], q[0], q[0], attn_mask=~nothing)[0].isnan().all()
    assert (layer(q[0], q[0], q[0], attn_mask=~nothing, need_weights=False)[0] == 0).all()


@settings(deadline=None, max_examples=60)
@given(params(bound=10.0), st.sampled_from(["none", "causal"]))
def test_two_heads_are_two_attentions_side_by_side(p: WorkedParams, mask: str) -> None:
    p = p.model_copy(update={"heads": 2, "mask": mask})
    both = run(p)
    assert both.d_head == 1
    assert both.weights.shape == (2, len(both.tokens), len(both.tokens))
    for head in (0, 1):
        # One head of two columns, the other head's column of each projection set to zero.
        blank = np.zeros(2)
        blank[head] = 1
        W = {name: tuple(map(tuple, np.array(getattr(p, name)) * blank)) for name in ("W_Q", "W_K", "W_V")}
        # d_head is 1 for two heads and 2 for one: the scaling of one head is undone by its temperature.
        # A zero column adds tanh(0) = 0 to an additive score and 0 to a dot product.
        scale = math.sqrt(2) if p.is_scaled and p.score == "dot" else 1.0
        alone = run(p.model_copy(update={**W, "heads": 1, "temperature": p.temperature / scale}))
        np.testing.assert_allclose(both.weights[head], alone.weights[0], rtol=0, atol=1e-8)
        np.testing.assert_allclose(both.output[:, head], alone.output[:, head], rtol=0, atol=1e-6)


def test_heads_split_columns_and_nothing_else() -> None:
    A = torch.arange(12.0).reshape(3, 4)
    heads = split_heads(A, 2)
    np.testing.assert_array_equal(heads[0], A[:, :2])
    np.testing.assert_array_equal(heads[1], A[:, 2:])


@settings(deadline=None, max_examples=60)
@given(params(bound=10.0, mask="none"), st.randoms(use_true_random=False))
def test_attention_does_not_know_the_order_of_words(p: WorkedParams, random: Any) -> None:
    order = list(range(len(p.X)))
    random.shuffle(order)
    words = p.words.split()
    turned = p.model_copy(update={"X": tuple(p.X[i] for i in order), "words": " ".join(words[i] for i in order)})
    one, other = run(p), run(turned)
    np.testing.assert_allclose(other.output, one.output[order], rtol=0, atol=1e-9 + rounding(one))
    np.testing.assert_allclose(other.weights, one.weights[:, order][:, :, order], rtol=0, atol=1e-9 + rounding(one))


@pytest.mark.parametrize("score", ["dot", "additive"])
def test_a_high_temperature_blurs_and_a_low_one_picks(score: str) -> None:
    entropy = []
    for temperature in (0.1, 0.5, 1.0, 2.0, 5.0):
        w = run(WorkedParams(score=score, temperature=temperature)).weights[0]
        entropy.append((-w * np.log(np.where(w > 0, w, 1))).sum(-1))
    assert (np.diff(entropy, axis=0) >= -1e-12).all()
    trace = run(WorkedParams(score=score))
    far = softmax_rows(torch.tensor(np.array(trace.scores)) / 1e9)
    np.testing.assert_allclose(far, np.full((1, 3, 3), 1 / 3), atol=1e-6)
    near = softmax_rows(torch.tensor(np.array(trace.scores)) / 1e-9)
    ties = trace.scores == trace.scores.max(-1, keepdims=True)
    np.testing.assert_allclose(near, ties / ties.sum(-1, keepdims=True), atol=1e-12)


def test_the_presets_show_what_they_say() -> None:
    """Frozen at T = 0.1: argmax. Blurred at T = 5: every row is near the average."""
    frozen = run(WorkedParams(temperature=0.1)).weights[0]
    np.testing.assert_array_equal(frozen.argmax(-1), [1, 1, 1])
    assert (frozen.max(-1) > 0.99).all()
    blurred = run(WorkedParams(temperature=5.0))
    assert np.abs(blurred.weights[0] - 1 / 3).max() < 0.125
    assert np.ptp(blurred.weights[0], axis=0).max() < 0.11
    assert np.ptp(blurred.output, axis=0).max() < np.ptp(run(WorkedParams()).output, axis=0).max()
    assert run(WorkedParams(mask="all")).lonely_rows() == (0, 1, 2)


def test_the_answers_to_the_questions_of_the_room() -> None:
    base = run(WorkedParams())
    unscaled = run(WorkedParams(is_scaled=False))
    assert unscaled.weights[0, 1].max() > base.weights[0, 1].max()
    assert run(WorkedParams(mask="causal")).weights[0, 0, 0] == 1.0
    turned = run(WorkedParams(words="life love I", X=tuple(reversed(WorkedParams().X))))
    assert np.abs(turned.output[1] - base.output[1]).max() < 1e-12


def test_scaling_divides_by_the_root_of_the_width_of_a_head() -> None:
    for heads in (1, 2):
        plain, scaled = run(WorkedParams(heads=heads, is_scaled=False)), run(WorkedParams(heads=heads))
        np.testing.assert_allclose(plain.scores, scaled.scores * math.sqrt(2 / heads), atol=1e-12)
        assert plain.divisor == 1.0
        assert scaled.divisor == pytest.approx(math.sqrt(2 / heads))
    additive = [run(WorkedParams(score="additive", is_scaled=is_scaled)) for is_scaled in (True, False)]
    np.testing.assert_array_equal(additive[0].scores, additive[1].scores)
    assert run(WorkedParams(temperature=2.0)).divisor == pytest.approx(2 * math.sqrt(2))


def test_additive_scores_never_exceed_the_width_of_a_head() -> None:
    far = ((100.0, 100.0), (-100.0, 100.0), (-100.0, -100.0))
    for heads in (1, 2):
        trace = run(WorkedParams(score="additive", heads=heads, X=far))
        assert np.abs(trace.scores).max() <= trace.d_head
        assert np.abs(run(WorkedParams(heads=heads, X=far)).scores).max() > 100 * trace.d_head


def test_softmax_of_huge_and_of_hidden_scores() -> None:
    scores = [[1e300, 1e300, -1e300], [-math.inf, 3.0, -math.inf], [-math.inf] * 3]
    rows = softmax_rows(torch.tensor(scores, dtype=torch.float64))
    np.testing.assert_array_equal(rows, [[0.5, 0.5, 0], [0, 1, 0], [np.nan] * 3])


def test_hidden_keys_of_no_mask_is_empty() -> None:
    assert not hidden_keys("none", 4).any()
    assert hidden_keys("padding", 1).all()


@pytest.mark.parametrize(
    ("words", "tokens"),
    [
        ("I love life", ("I", "love", "life")),
        ("  Я \t люблю\nжизнь ", ("Я", "люблю", "жизнь")),
        ("", ("∅",)),
        (" \u2003\n", ("∅",)),
        ("1 2 3 4 5 6 7 8", tuple("123456")),
        ("a\u00a0b", ("a", "b")),
        ("👩‍👩‍👧 עברית <b>", ("👩‍👩‍👧", "עברית", "<b>")),
    ],
)
def test_words_are_split_at_spaces(words: str, tokens: tuple[str, ...]) -> None:
    assert split_words(words) == tokens


def test_rows_follow_the_words() -> None:
    X = ((1.0, 2.0), (3.0, 4.0), (5.0, 6.0))
    assert fit_rows(X, ("a",)) == X[:1]
    assert fit_rows(X, ("a", "b", "c")) == X
    grown = fit_rows(X, ("a", "b", "c", "new", "new"))
    assert grown[:3] == X
    assert grown[3] == grown[4] == embed_word("new")


@settings(deadline=None, max_examples=60)
@given(st.text(min_size=1, max_size=20))
def test_a_new_word_gets_small_whole_numbers_always_the_same(word: str) -> None:
    pair = embed_word(word)
    assert pair == embed_word(word)
    assert all(v in (-2, -1, 0, 1, 2) for v in pair)


def test_new_words_reach_the_whole_square() -> None:
    seen = {embed_word(f"word{n}") for n in range(500)}
    assert len(seen) == 25


HOSTILE = (
    "\u202eabc",
    "\u200fעברית\u200f",
    "\ufeffa\u200db",
    "</script><script>",
    "{t} {0} %s %n",
    "𝕏 👩🏽‍🚀",
    "a" * 80,
    " ".join("x" * 40),
)


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("mask", MASKS)
def test_hostile_words_are_words(words: str, mask: str) -> None:
    trace = run(WorkedParams.parse({"words": words, "mask": mask}))
    assert 1 <= len(trace.tokens) <= MAX_TOKENS
    assert trace.X.shape == (len(trace.tokens), 2)
    assert all(check.passed for check in reference(trace))


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(codec=None), max_size=90))
def test_any_text_is_used_or_refused(words: str) -> None:
    try:
        p = WorkedParams.parse({"words": words})
    except Refusal as refusal:
        told = refusal.text.en
    else:
        assert len(words) <= 80
        assert len(run(p).tokens) == min(max(len(words.split()), 1), MAX_TOKENS)
        return
    assert "at most 80 characters" in told
    assert len(words) > 80 or "\x00" in words or not words.isprintable()


def test_a_trace_keeps_all_and_says_how_it_was_made() -> None:
    trace = run(WorkedParams(heads=2, temperature=0.5, mask="causal"))
    assert "dot · T=0.5 · mask=causal · heads=2 · float64" in trace.signature
    assert f"torch {torch.__version__}" in trace.signature
    names = [table.name for table in tables(trace)]
    assert names == [
        *("X", "Q", "K", "V"),
        *("scores, head 1", "weights, head 1", "scores, head 2", "weights, head 2", "output"),
    ]
    for table in tables(trace):
        assert table.values.shape == (len(table.rows), len(table.cols))


def test_equal_parameters_give_equal_numbers() -> None:
    one, other = run(WorkedParams()), run(WorkedParams())
    for a, b in zip(tables(one), tables(other), strict=True):
        np.testing.assert_array_equal(a.values, b.values)
