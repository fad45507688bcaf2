"""What can stop an act at the call's page; ``message`` is French, ``code`` stable."""

from __future__ import annotations


class CallError(Exception):
    """An act that was refused."""

    code = "call_error"
    message = "Cette action n’est pas possible."


class SpeakerUnclear(CallError):
    """Several people share the number, and nobody was chosen (or somebody who left it since)."""

    code = "speaker_unclear"
    message = "Plusieurs personnes utilisent ce numéro. Demandez qui appelle, puis choisissez."


class NotOnTheLine(CallError):
    """Whoever answers a call notes it."""

    code = "not_on_the_line"
    message = "Vous n’avez pas répondu à cet appel."


class DraftClosed(CallError):
    """It was sent or discarded meanwhile."""

    code = "draft_closed"
    message = "Ce brouillon a déjà été envoyé ou abandonné."


class DraftStale(CallError):
    """Another tab saved it since this one did."""

    code = "draft_stale"
    message = "Ce brouillon a été modifié dans un autre onglet. Rechargez la page."


class DraftTooLong(CallError):
    """More than anybody types in a call."""

    code = "draft_too_long"
    message = "Ce brouillon est trop long pour être gardé."
