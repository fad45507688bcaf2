"""What supervisors correct in the console is training data: the console exports this very file."""

from __future__ import annotations

import warnings
from collections import defaultdict
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message

from bot import project
from bot.components.meaning import REPORT, UNSPECIFIED, category_of

# agent_console/training/tests compares it byte by byte with an export.
PATCH = Path(__file__).with_name("corrections_patch.yml")


@pytest.fixture(scope="module")
def corrected() -> list[Message]:
    """The file alone, read as Rasa reads it; whatever it complains of fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        examples: list[Message] = load_data(str(PATCH)).intent_examples
    return examples


@pytest.fixture(scope="module")
def importer() -> TrainingDataImporter:
    """The assistant with the file among its training data."""
    files = [*project.training_files(), PATCH]
    return TrainingDataImporter.load_from_config(
        str(project.CONFIG), str(project.DOMAIN), [str(path) for path in files]
    )


def _said(messages: list[Message], intent: str) -> list[tuple[str, dict[str, str]]]:
    return [
        (
            str(message.get("text")),
            {
                entity["entity"]: str(message.get("text"))[entity["start"] : entity["end"]]
                for entity in message.get("entities") or []
            },
        )
        for message in messages
        if message.get("intent") == intent
    ]


def test_each_line_says_what_was_accepted(corrected: list[Message]) -> None:
    assert len(corrected) == 11
    assert _said(corrected, "book_pickup") == [
        (
            "demain mon canapé près de la gare, réf 123-456-789",
            {
                "date": "demain",
                "item": "canapé",
                "place": "la gare",
                "reference": "123-456-789",
            },
        )
    ]
    assert _said(corrected, "greet") == [("bien le bonsoir: à vous # tous", {})]
    ((text, entities),) = _said(corrected, "link_account")
    assert text == f"mettez aussi le {entities['phone']} dessus"
    assert not any(mark in str(one.get("text")) for one in corrected for mark in "[]•")


def test_reports_have_a_category_and_nothing_else_has(corrected: list[Message]) -> None:
    categories = {category_of(one) for one in corrected if one.get("intent") == REPORT}
    assert categories == {"pothole", "water_leak", "abandoned_vehicle", UNSPECIFIED}
    assert {category_of(one) for one in corrected if one.get("intent") != REPORT} == {None}


@pytest.mark.long
def test_the_assistant_takes_it_in(
    importer: TrainingDataImporter, corrected: list[Message]
) -> None:
    """As ``rasa data validate`` does: intents of the domain, no line with two meanings."""
    domain, data = importer.get_domain(), importer.get_nlu_data()
    meant = defaultdict(set)
    for one in data.intent_examples:
        meant[one.get("text")].add((one.get("intent"), category_of(one)))
    for one in corrected:
        assert meant[one.get("text")] == {(one.get("intent"), category_of(one))}
    assert {one.get("intent") for one in corrected} <= set(domain.intents)
    named = {entity["entity"] for one in corrected for entity in one.get("entities") or []}
    assert named <= set(domain.entities)
