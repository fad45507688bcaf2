"""The commands of the bot's menu, and the words that each stands for.

What a command says goes to the assistant as if it had been typed; ``/aide``, ``/stop`` and
``/numero`` are answered here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """``name`` without its slash; ``says``: what it means to the assistant, if anything."""

    name: str
    fr: str
    en: str
    says: str = ""


MENU = (
    Command("signaler", "Signaler un problème dans la rue", "Report a problem in the street",
            "Je veux signaler un problème"),
    Command("encombrants", "Prendre rendez-vous pour des encombrants", "Book a bulky waste pickup",
            "Je veux un rendez-vous pour des encombrants"),
    Command("suivi", "Où en est mon signalement", "Follow a report", "Où en est mon signalement ?"),
    Command("points", "Mon solde de points", "My points", "Quel est mon solde de points ?"),
    Command("numero", "Confirmer mon numéro de téléphone", "Confirm my phone number"),
    Command("aide", "Aide", "Help"),
    Command("stop", "Ne plus recevoir de messages", "Get no more messages"),
)  # fmt: skip
_SAYS: Mapping[str, str] = {
    "start": "Bonjour",
    **{command.name: command.says for command in MENU if command.says},
}


def said_by(command: str) -> str:
    """The words that a command stands for; nothing for one that is unknown or answered here."""
    return _SAYS.get(command, "")
