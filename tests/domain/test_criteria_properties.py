"""What must hold of every criteria tree, whatever a package says."""

from __future__ import annotations

from itertools import product
from typing import Any

from criteria_documents import booleans, told
from hypothesis import given, settings
from hypothesis import strategies as st

from forthwith.domain.criteria import Package, Truth

NAMES = "abcdef"
SOME = settings(max_examples=25, deadline=None)
leaves = st.builds(
    lambda name, wanted: {"is": [name, wanted]}, st.sampled_from(NAMES), st.booleans()
) | st.sampled_from([{"present": name} for name in NAMES])


def _groups(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(below, min_size=1, max_size=4)
    return st.one_of(
        several.map(lambda children: {"all": children}),
        several.map(lambda children: {"any": children}),
        several.flatmap(lambda of: st.integers(1, len(of)).map(lambda n: {"at_least": n, "of": of})),
        below.map(lambda child: {"not": child}),
    )


trees = st.recursive(leaves, _groups, max_leaves=10)
knowledge = st.dictionaries(st.sampled_from(NAMES), st.booleans())


def truth(tree: Any, known: dict[str, bool]) -> Truth:
    return booleans(tree, NAMES).evaluate(told(**known)).truth


@SOME
@given(trees, knowledge, knowledge)
def test_learning_more_never_turns_a_verdict_round(tree, known, more):
    made = booleans(tree, NAMES)
    before = made.evaluate(told(**known)).truth
    after = made.evaluate(told(**{**more, **known})).truth
    assert before in (Truth.UNKNOWN, after)


@SOME
@given(trees, knowledge, st.randoms(use_true_random=False))
def test_the_order_of_children_does_not_matter(tree, known, random):
    assert truth(_shuffled(tree, random), known) is truth(tree, known)


def _shuffled(tree: Any, random: Any) -> Any:
    for name in ("all", "any", "of"):
        if name in tree:
            children = [_shuffled(child, random) for child in tree[name]]
            random.shuffle(children)
            return {**tree, name: children}
    return {"not": _shuffled(tree["not"], random)} if "not" in tree else tree


@SOME
@given(st.lists(trees, min_size=1, max_size=3), knowledge)
def test_de_morgan(children, known):
    turned = [{"not": child} for child in children]
    assert truth({"not": {"all": children}}, known) is truth({"any": turned}, known)
    assert truth({"not": {"any": children}}, known) is truth({"all": turned}, known)


@SOME
@given(st.lists(trees, min_size=1, max_size=4), knowledge)
def test_at_least_one_is_any_and_at_least_all_is_all(children, known):
    assert truth({"at_least": 1, "of": children}, known) is truth({"any": children}, known)
    assert truth({"at_least": len(children), "of": children}, known) is truth({"all": children}, known)


@SOME
@given(trees)
def test_who_knows_nothing_finds_nothing(tree):
    assert truth(tree, {}) is Truth.UNKNOWN


@SOME
@given(trees, knowledge)
def test_something_would_decide_exactly_while_the_truth_is_unknown(tree, known):
    found = booleans(tree, NAMES).evaluate(told(**known))
    assert bool(found.deciding) is (found.truth is Truth.UNKNOWN)
    assert not set(found.deciding) & set(known)


@st.composite
def read_once(draw: st.DrawFn) -> Any:
    """Trees in which every fact stands once, so that what would decide can be told exactly."""
    names = draw(st.permutations(NAMES).map(lambda some: some[:4]))
    nodes: list[Any] = [{"is": [name, draw(st.booleans())]} for name in names]
    while len(nodes) > 1:
        size = draw(st.integers(2, len(nodes)))
        below, nodes = nodes[:size], nodes[size:]
        kind = draw(st.sampled_from(["all", "any", "at_least"]))
        group = {"at_least": draw(st.integers(1, size)), "of": below} if kind == "at_least" else {kind: below}
        nodes.append({"not": group} if draw(st.booleans()) else group)
    return nodes[0]


@SOME
@given(read_once(), knowledge)
def test_what_would_decide_is_what_can_make_a_difference(tree, known):
    made = booleans(tree, NAMES)
    known = {name: value for name, value in known.items() if name in str(tree)}
    unknown = [name for name in NAMES if name not in known]
    turning = {name for name in unknown if _turns(made, known, unknown, name)}
    assert set(made.evaluate(told(**known)).deciding) == turning


def _turns(made: Package, known: dict[str, bool], unknown: list[str], name: str) -> bool:
    others = [other for other in unknown if other != name]
    for values in product((True, False), repeat=len(others)):
        world = {**known, **dict(zip(others, values, strict=True))}
        if (
            made.evaluate(told(**world, **{name: True})).truth
            is not made.evaluate(told(**world, **{name: False})).truth
        ):
            return True
    return False


def test_the_trees_of_these_tests_are_told_apart():
    """The properties would hold of a rule that always says unknown: it does not."""
    assert truth({"is": "a"}, {"a": True}) is Truth.MET
    assert truth({"is": "a"}, {"a": False}) is Truth.NOT_MET
