"""How well people and plates are found in labelled lines, and what a text then looks like."""

from collections import Counter
from collections.abc import Callable

import pytest

from agent_console.masking.spans import Kind
from agent_console.masking.text import Masked, masked, masked_by_rules

from .lines import HASTY, HELD_OUT, LINES, NO_NAMES, STREETS
from .marks import labelled


def _counts(lines: list[str], kinds: frozenset[Kind]) -> Counter[str]:
    """How many spans of ``kinds`` were found, missed and made up: a found one covers the mark."""
    count: Counter[str] = Counter()
    for line in lines:
        text, wanted = labelled(line)
        found = [span for span in masked(text).spans if span.kind in kinds]
        for span in wanted:
            if span.kind not in kinds:
                continue
            hit = any(f.start <= span.start and span.end <= f.end for f in found)
            count["found" if hit else "missed"] += 1
            if not hit:
                print("missed:", text)
        for span in found:
            if not any(w.start < span.end and span.start < w.end for w in wanted):
                count["made up"] += 1
                print("made up:", text, "→", text[span.start : span.end])
    return count


def _rates(lines: list[str], kinds: frozenset[Kind]) -> tuple[float, float]:
    """Precision and recall."""
    count = _counts(lines, kinds)
    precision = count["found"] / (count["found"] + count["made up"])
    recall = count["found"] / (count["found"] + count["missed"])
    print(f"precision {precision:.3f}, recall {recall:.3f}: {dict(count)}")
    return precision, recall


def test_there_are_enough_lines() -> None:
    assert len(LINES) >= 120
    assert len(set(LINES)) == len(LINES)


@pytest.mark.parametrize(
    ("kinds", "precision_min", "recall_min"),
    [
        (frozenset({Kind.PERSON, Kind.SELF}), 0.95, 0.95),
        (frozenset({Kind.PLATE}), 1.0, 1.0),
        (frozenset({Kind.PHONE, Kind.EMAIL, Kind.IBAN}), 1.0, 1.0),
    ],
    ids=["people", "plates", "contacts"],
)
def test_who_is_named_is_found(
    kinds: frozenset[Kind], precision_min: float, recall_min: float
) -> None:
    precision, recall = _rates(LINES, kinds)
    assert precision >= precision_min
    assert recall >= recall_min


@pytest.mark.parametrize("lines", [HASTY, HELD_OUT], ids=["hasty", "held out"])
def test_in_haste_people_are_found_too(lines: list[str]) -> None:
    precision, recall = _rates(lines, frozenset({Kind.PERSON, Kind.SELF}))
    assert precision >= 0.95
    assert recall >= 0.93


def test_in_haste_plates_and_contacts_are_found() -> None:
    assert _rates(HASTY, frozenset({Kind.PLATE, Kind.PHONE, Kind.EMAIL})) == (1.0, 1.0)


@pytest.mark.parametrize("hide", [masked, masked_by_rules])
def test_streets_and_what_only_looks_like_a_name_stay(hide: Callable[[str], Masked]) -> None:
    hidden = [hide(line).text for line in (*STREETS, *NO_NAMES) if hide(line).spans]
    print(f"made up: {len(hidden)} of {len(STREETS) + len(NO_NAMES)}", hidden)
    assert len(hidden) <= (1 if hide is masked else 5)


def test_a_denunciation_is_told_from_the_writers_own_name() -> None:
    wrong = []
    for line in LINES:
        text, spans = labelled(line)
        named = any(span.kind in (Kind.PERSON, Kind.PLATE) for span in spans)
        if masked(text).names_somebody != named:
            wrong.append(text)
    print("wrong:", wrong)
    assert len(wrong) / len(LINES) <= 0.07


def test_what_is_hidden_is_replaced_by_what_it_was() -> None:
    shown = masked(
        "M. Dupont (AB-123-CD, 06 12 34 56 78, p.dupont@example.org)"
        " jette ses gravats rue Jean Jaurès"
    )
    assert shown.text == (
        "M. [personne] ([plaque], [téléphone], [e-mail]) jette ses gravats rue Jean Jaurès"
    )
    assert shown.kinds == {Kind.PERSON, Kind.PLATE, Kind.PHONE, Kind.EMAIL}
    assert shown.names_somebody


def test_a_telephone_number_is_hidden_and_denounces_nobody() -> None:
    shown = masked("Rappelez-moi au 06 12 34 56 78")
    assert shown.text == "Rappelez-moi au [téléphone]"
    assert not shown.names_somebody


@pytest.mark.parametrize("text", ["", "  ", "\n", "🚮🚮", "a" * 4000, "{" * 50, "\0"])
def test_any_text_is_taken(text: str) -> None:
    assert masked(text).text == text
    assert not masked(text).spans


def test_without_the_model_plates_and_numbers_are_hidden_already() -> None:
    shown = masked_by_rules("Karim Benali, AB-123-CD, 0612345678")
    assert shown.text == "Karim Benali, [plaque], [téléphone]"


def test_masking_twice_changes_nothing() -> None:
    for line in LINES:
        once = masked(labelled(line)[0]).text
        assert masked_by_rules(once).text == once
