"""What a recogniser is told that callers say."""

import uuid

import pytest

from agent_console.calls import selectors
from agent_console.calls.selectors import speech_hints
from agent_console.conversations.models import Conversation
from agent_console.reports.intake import Intake
from agent_console.reports.services import report_create

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _read_anew() -> None:
    selectors._hints.cache_clear()
    selectors._streets.cache_clear()


def test_streets_that_are_spoken_of_come_first_then_the_longest(
    gazetteer: None, conversation: Conversation
) -> None:
    addresses = ["7 bis rue des Lices", "9 rue des Lices", "12, rue des Lices", "1 rue Seule"]
    for address in addresses:
        report_create(
            intake_key=f"test:{uuid.uuid4()}",
            intake=Intake(
                conversation=conversation,
                category_code="pothole",
                address=address,
                commune="Marseille",
                place="",
                description="Un trou",
            ),
        )
    hints = speech_hints()
    after = hints[hints.index("Éguilles") + 1 :]
    assert after[:3] == ("rue des Lices", "Rue Paradis", "Rue de la République")
    assert "Boulevard Fenouil" in after
    assert "rue Seule" not in after  # somebody's own street


def test_without_addresses_communes_are_what_is_known(metropolis: None) -> None:
    hints = speech_hints()
    assert {"boulevard", "Marseille", "Marseille 1er Arrondissement"} <= set(hints)
    assert hints[-1] == "Éguilles"
