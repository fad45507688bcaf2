"""Writes about corrections.  Each public function is ONE transaction, unless it says otherwise."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from agent_console.analytics.models import MissedSentence
from agent_console.conversations.models import Author, Message, Turn

from .errors import AlreadyCorrected, NothingToExport, OwnCorrection, SameSentence, StepRefused
from .models import Correction, Export, Step
from .patch import Example, patch_of
from .workflow import BY_ANOTHER, LIVE, STEPS, Act, Reason, State


@transaction.atomic
def correction_propose(*, missed: MissedSentence, example: Example, author: User) -> Correction:
    """Say what a missed sentence means; sent twice it is one proposal.

    Raises ``AlreadyCorrected`` when there is another one that is proposed or accepted, and
    ``MissedSentence.DoesNotExist`` when its conversation has just been let go.
    """
    # Two colleagues at once: the second one waits, and finds the first one's.
    MissedSentence.objects.select_for_update().get(pk=missed.pk)
    live = Correction.objects.filter(message=missed.message_id, state__in=LIVE).first()
    if live is not None:
        if live.author == author and live.example == example:
            return live
        raise AlreadyCorrected
    turn = Turn.objects.filter(message=missed.message_id).first()
    correction = Correction.objects.create(
        message_id=missed.message_id,
        text=example.text,
        entities=[[mark.entity, mark.start, mark.end] for mark in example.marks],
        intent=example.intent,
        category=example.category,
        understood=turn.intent if turn else "",
        confidence=turn.confidence if turn else None,
        author=author,
    )
    Step.objects.create(correction=correction, act=Act.PROPOSED, actor=author)
    return correction


@transaction.atomic
def correction_decide(
    *, correction_id: int, act: Act, actor: User, reason: Reason | None = None
) -> Correction:
    """Accept, refuse (with a reason) or take a decision back, with its line in the history.

    Raises ``StepRefused`` when it is not possible any more, ``OwnCorrection`` to its author,
    ``SameSentence`` and ``AlreadyCorrected`` when another one stands in the way.
    """
    correction = Correction.objects.select_for_update().get(pk=correction_id)
    state = STEPS.get((correction.state, act))
    if state is None or correction.export_id is not None:
        raise StepRefused
    is_decision = act in BY_ANOTHER
    if is_decision and correction.author_id == actor.pk:
        raise OwnCorrection
    correction.state = state
    correction.decided_by = actor if is_decision else None
    correction.decided_at = timezone.now() if is_decision else None
    try:
        with transaction.atomic():
            correction.save(update_fields=["state", "decided_by", "decided_at"])
    except IntegrityError as error:
        raise (SameSentence if state == State.ACCEPTED else AlreadyCorrected) from error
    Step.objects.create(correction=correction, act=act, reason=reason or "", actor=actor)
    return correction


@transaction.atomic
def export_make(*, actor: User | None) -> Export:
    """Write what was accepted since the last export into a new one, and mark it with it.

    Two at once never hold the same correction.  Raises ``NothingToExport``.
    """
    waiting = Correction.objects.filter(state=State.ACCEPTED, export=None)
    # Whoever comes second waits here, and finds those that are left.
    rows = list(waiting.select_for_update().order_by("pk"))
    if not rows:
        raise NothingToExport
    content = patch_of(row.example for row in rows)
    export = Export.objects.create(content=content, count=len(rows), actor=actor)
    Correction.objects.filter(pk__in=[row.pk for row in rows]).update(export=export)
    return export


def words_forget(*, conversation_ids: Sequence[uuid.UUID]) -> None:
    """In the caller's transaction, before the conversations' messages go.

    What nobody had accepted loses its words.  What two people found to name nobody stays, and loses
    its way back to the conversation with the message.
    """
    # Whoever is marking or proposing right now comes first; whoever comes later finds no sentence.
    said = Message.objects.filter(conversation__in=conversation_ids, author=Author.CITIZEN)
    list(said.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    sentences = MissedSentence.objects.filter(message__conversation__in=conversation_ids)
    list(sentences.select_for_update(of=("self",)).order_by("pk"))
    Correction.objects.filter(
        message__conversation__in=conversation_ids, state__in=[State.PROPOSED, State.REFUSED]
    ).update(text="", entities=[], state=State.DROPPED)
