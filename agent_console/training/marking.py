"""Sentences that the assistant was sure of and got wrong: only a reader of the talk can tell."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from agent_console.analytics.models import MissedSentence
from agent_console.analytics.services import MISSED_INTENTS
from agent_console.conversations.models import Message, Turn
from agent_console.masking.text import masked_beyond_street
from agent_console.staff.auditing import audit
from agent_console.staff.models import Act

from . import queue
from .errors import CorrectionStands, NotMarked, NotRead
from .selectors import live_of, readable
from .workflow import State


@transaction.atomic
def sentence_mark(*, message_id: int, actor: User) -> MissedSentence:
    """Say that the assistant took a sentence for something else; said twice it is one mark.

    ONE transaction holds the mark, its line in the trail, and the job that masks the sentence:
    nobody reads it on these pages before.  One that is known already, missed or marked, stays as
    it is.  Raises ``NotRead`` when the assistant answered no such sentence, or it has just gone.
    """
    # Erasures lock it too, before they look for what goes with it (``words_forget``).
    message = readable().select_for_update(of=("self",)).filter(pk=message_id).first()
    if message is None:
        raise NotRead
    sentence, is_new = MissedSentence.objects.get_or_create(
        message=message,
        defaults={
            # Its contact may not have ended yet; where it has, it most often began on this day.
            "episode_day": timezone.localdate(message.created_at),
            "text": "",
            "marked_by": actor,
            "marked_at": timezone.now(),
        },
    )
    if is_new:
        audit(actor=actor, act=Act.SENTENCE, subject=str(message.conversation_id))
        queue.enqueue_masking(message_id=message.pk)
    return sentence


@transaction.atomic
def sentence_unmark(*, message_id: int, actor: User) -> bool:
    """Take a mark back; sent twice, or with no mark left, it changes nothing.

    ONE transaction holds it and its line in the trail.  The sentence is no longer kept, unless the
    assistant had missed it by itself: then it stays, and the answer is True.
    Raises ``NotMarked`` when nobody had marked it, ``CorrectionStands`` when somebody said what it
    means and that was not refused, ``Message.DoesNotExist`` when it has just gone.
    """
    # In the order of ``sentence_mark`` and ``correction_propose``: who corrects it right now is
    # waited for.
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
    sentence = MissedSentence.objects.select_for_update().filter(message=message).first()
    if sentence is None:
        return False
    correction = live_of(message_id=message.pk)
    if correction is not None:
        raise CorrectionStands(state=State(correction.state), export_number=correction.export_id)
    if sentence.marked_by_id is None:
        raise NotMarked
    is_missed = Turn.objects.filter(message=message, intent__in=MISSED_INTENTS).exists()
    if is_missed:
        sentence.marked_by = sentence.marked_at = None
        sentence.save(update_fields=["marked_by", "marked_at"])
    else:
        sentence.delete()
    audit(actor=actor, act=Act.SENTENCE_UNDONE, subject=str(message.conversation_id))
    return is_missed


def sentence_mask(*, message_id: int) -> None:
    """Keep a marked sentence masked; running again, or after it is gone, changes nothing.

    The language model works before the row is written, by ONE statement that finds it only while
    it has no words.
    """
    waiting = MissedSentence.objects.filter(message=message_id, text="")
    said = Message.objects.filter(pk__in=waiting.values("message")).first()
    if said is not None:
        waiting.update(text=masked_beyond_street(said.text).text)
