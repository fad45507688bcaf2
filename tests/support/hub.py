"""A citizen at the hub: the real assistant, without a browser and on any channel."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from .console_shell import run_in_console
from .system import System

# Contacts are opened by the console's own models and services, as a channel would.
_OPEN = """
import json, secrets
from agent_console.citizens.models import ContactPoint
from agent_console.citizens.services import contact_at, resident_of_contact, wallet_assign
from agent_console.citizens.tests.given import agreed
from agent_console.conversations.models import Conversation
made = []
for channel, has_wallet, number in {people!r}:
    if number:
        contact = contact_at(kind=channel, address=number)
    else:
        contact = ContactPoint.objects.create(kind=channel, key_digest=secrets.token_bytes(32))
    conversation = Conversation.objects.create(contact_point=contact, channel=channel)
    wallet = None
    if has_wallet:
        resident = agreed(resident_of_contact(contact_point_id=contact.id))
        wallet = str(wallet_assign(resident_id=resident.id))
    made.append([str(conversation.id), wallet])
print(json.dumps(made))
"""
_FACILITY = """
from agent_console.facilities.models import Facility
Facility.objects.get_or_create(
    source="test", external_id="conversations",
    defaults=dict(kind="recycling_centre", name="Déchèterie d'essai", address="Route de l'Essai",
                  commune_id="13005", latitude=43.2930, longitude=5.5680),
)
"""


@dataclass(frozen=True)
class Person:
    """A conversation in the console, and the wallet of who speaks there, if any."""

    conversation: str
    wallet: uuid.UUID | None


def people_open(system: System, people: Sequence[tuple[str, bool, str]]) -> list[Person]:
    """Somebody new for each (channel, has a wallet, number to speak from or nothing)."""
    made = json.loads(run_in_console(system, _OPEN.format(people=list(people))).splitlines()[-1])
    return [
        Person(conversation, uuid.UUID(wallet) if wallet else None) for conversation, wallet in made
    ]


def facility_stands(system: System) -> None:
    """A recycling centre in Aubagne, once."""
    run_in_console(system, _FACILITY)


class HubCaller:
    """One conversation with the assistant."""

    def __init__(self, system: System, conversation: str, *, channel: str, locale: str) -> None:
        self._client = httpx.Client(
            base_url=system.environment["RASA_URL"],
            headers={"Authorization": f"Bearer {system.environment['RASA_TOKEN']}"},
            timeout=40,
        )
        self._about = {"conversation": conversation, "channel": channel, "locale": locale}
        self.conversation = conversation

    def turn(self, content: dict[str, Any], *, turn: str | None = None) -> dict[str, Any]:
        """The answer to one turn; the same one again, under the same id, must be equal."""
        body = {**self._about, **content, "turn": turn or str(uuid.uuid4())}
        answer = self._client.post("/hub/turns", json=body)
        assert answer.status_code == 200, answer.text
        again = self._client.post("/hub/turns", json=body)
        assert again.json() == answer.json()
        found: dict[str, Any] = answer.json()
        return found

    def close(self) -> None:
        self._client.close()
