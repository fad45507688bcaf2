"""Pure functions: what may be picked out of a masked sentence, and the line that it becomes."""

from __future__ import annotations

import pytest

from agent_console.masking.rules import found_by_rules
from agent_console.masking.spans import SHOWN_AS, Kind
from agent_console.training.fillers import _FILLERS
from agent_console.training.patch import Example
from agent_console.training.sentence import (
    KINDS,
    Mark,
    WordsMissing,
    clean,
    marked,
    mask_counts,
    masked_further,
    pieces,
)

from .conftest import example


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("un  trou\n- [rue](address) \u2028là", "un trou - (rue)(address) là"),
        ("[personne] et [plaque]", "[personne] et [plaque]"),
        ("[[personne]]", "([personne])"),
        ("a\u200bb\x07c\ufeff", "abc"),
    ],
)
def test_a_sentence_stands_on_one_line_without_what_the_format_reads(text: str, line: str) -> None:
    assert clean(text) == line


def test_words_are_hidden_further_wherever_they_stand() -> None:
    text = "Leroy a encore jeté, Leroy Jean surtout, pas Leroyer, [personne] le dit"
    hidden = masked_further(text, ["Leroy", "Leroy Jean"], Kind.PERSON)
    assert hidden == (
        "[personne] a encore jeté, [personne] surtout, pas Leroyer, [personne] le dit"
    )
    assert mask_counts(hidden) == {"[personne]": 3}


@pytest.mark.parametrize("words", ["Marseill", "absent", "personne", "[personne]", "à [personne]"])
def test_only_whole_words_of_the_sentence_are_taken_and_no_mask(words: str) -> None:
    text = "un trou à Marseille dit à [personne]"
    with pytest.raises(WordsMissing):
        masked_further(text, [words], Kind.PHONE)
    with pytest.raises(WordsMissing):
        marked(text, {"commune": [words]})


def test_longer_words_take_their_place_first_and_others_everywhere_else() -> None:
    text = "rue de Marseille à Marseille, Marseille !"
    found = marked(text, {"commune": ["Marseille"], "address": ["rue de Marseille"]})
    assert found == [Mark(0, 16, "address"), Mark(19, 28, "commune"), Mark(30, 39, "commune")]
    with pytest.raises(WordsMissing):
        marked("rue de Rome", {"address": ["rue de Rome"], "place": ["Rome"]})


def test_a_hidden_number_may_be_marked_as_one_and_as_nothing_else() -> None:
    text = "liez le [téléphone]"
    assert marked(text, {"phone": ["[téléphone]"]}) == [Mark(8, 19, "phone")]
    for entity, words in (("reference", "[téléphone]"), ("phone", "le [téléphone]")):
        with pytest.raises(WordsMissing):
            marked(text, {entity: [words]})


def test_a_line_is_annotated_and_reads_as_french() -> None:
    one = example(
        "chez [personne], 12 rue Paradis", "report_issue", "other", address="12 rue Paradis"
    )
    assert one.line.startswith("chez ")
    assert one.line.endswith(", [12 rue Paradis](address)")
    assert SHOWN_AS[Kind.PERSON] not in one.line


def test_the_same_sentence_is_filled_alike_and_different_people_get_different_names() -> None:
    two = Example("insult", "", "[personne] et [personne]")
    first, _, second = two.line.partition(" et ")
    assert two.line == Example("insult", "", two.text).line
    assert first != second
    lines = {Example("insult", "", f"[personne] {number}").line.split()[0] for number in range(40)}
    assert lines == set(_FILLERS["[personne]"])


def test_every_kind_has_fillers_and_none_is_a_number_that_somebody_has() -> None:
    assert set(_FILLERS) == {SHOWN_AS[kind] for kind in Kind} == {SHOWN_AS[kind] for kind in KINDS}
    assert all("[" not in one for several in _FILLERS.values() for one in several)
    fiction = ("063998", "046571")  # ARCEP, decision 2018-0881
    assert all(one.replace(" ", "").startswith(fiction) for one in _FILLERS["[téléphone]"])
    # They are what they stand for, as the masking sees it.
    for kind in (Kind.PHONE, Kind.PLATE, Kind.EMAIL, Kind.IBAN):
        for one in _FILLERS[SHOWN_AS[kind]]:
            assert kind in {span.kind for span in found_by_rules(one)}, one


def test_a_sentence_is_shown_in_stretches() -> None:
    text = "à Aix dit [personne]"
    shown = [(one.text, one.is_mask, one.entity) for one in pieces(text, [Mark(2, 5, "commune")])]
    assert shown == [
        ("à ", False, ""),
        ("Aix", False, "commune"),
        (" dit ", False, ""),
        ("[personne]", True, ""),
    ]
    assert pieces("") == []
