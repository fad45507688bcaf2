""" "De 1 à 5, êtes-vous satisfait ?": asked once after an exchange, and its answer.

An exchange is over for this when nobody has said anything for an hour: early enough to be
remembered, and within the day that an episode of the analyses still lasts.  What an answer is, is
known by its payload (``PREFIX``), whether it was a button or a digit: such a message is no turn.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.utils import timezone

from agent_console.citizens.models import ChannelCode

from .models import (
    Alert,
    Author,
    Conversation,
    Handler,
    Message,
    SatisfactionQuestion,
    Turn,
)
from .notices import notice_send
from .outgoing import append_outgoing
from .ports import Reply
from .quiet import quiet_hours, quiet_until

PREFIX = "satisfaction:"
SILENCE = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(hours=24)  # since the last word; later nobody is asked about it
ASKED_EVERY = timedelta(days=30)
ANSWERED_WITHIN = timedelta(hours=48)
SCORES = range(1, 6)
ASKED_ON = (ChannelCode.WEB, ChannelCode.SMS, ChannelCode.TELEGRAM)  # nobody is called for this
_NUMBERED = ChannelCode.SMS  # would list each digit under its number: the question says them
_DIGIT = re.compile("[1-5]")
_LOCALES = ("fr", "en")


def questions_ask(*, now: datetime) -> int:
    """Ask everybody whose exchange is over; how many, ONE transaction each.

    Who wants no messages is not asked, and in quiet hours nobody whose channel rings is: they are
    when these end, unless a day has passed since the last word.  Run again after a crash it asks
    who is left.
    """
    due = list(_due(now).values_list("pk", flat=True))
    return sum(_ask(conversation_id, now) for conversation_id in due)


def score_meant(conversation: Conversation, text: str) -> str:
    """The payload of the score that a bare digit gives, or nothing.

    Nothing unless the question was asked less than ``ANSWERED_WITHIN`` ago, has no answer, and
    is the last thing that was asked or said but for news without a question.  Under the lock.
    """
    if not _DIGIT.fullmatch(text.strip()):
        return ""
    said = conversation.messages.exclude(
        ~Q(external_id__startswith=PREFIX), author=Author.SYSTEM, buttons=[]
    )
    newest = said.order_by("-seq").first()
    if newest is None or newest.author != Author.SYSTEM:
        return ""
    payload = f"{newest.external_id.rpartition(':')[0]}:{text.strip()}"
    question = _question(conversation, payload)
    is_open = question is not None and question.score is None and _is_in_time(question)
    return payload if is_open else ""


def score_take(conversation: Conversation, payload: str) -> bool:
    """Note the score and say thanks, once; False for what is no answer to a question asked here.

    Inside the transaction that stores the message, under the conversation's lock.  A button that
    is pressed again, or too late, changes nothing and is no word to the assistant either.
    """
    question = _question(conversation, payload)
    if question is None:
        return False
    if question.score is None and _is_in_time(question):
        question.score, question.answered_at = int(payload[-1]), timezone.now()
        question.save(update_fields=["score", "answered_at"])
        append_outgoing(
            conversation,
            author=Author.SYSTEM,
            replies=[Reply(text=_text("thanks", conversation), buttons=[])],
            cause=f"{PREFIX}{question.pk}:thanks",
        )
    return True


@transaction.atomic
def _ask(conversation_id: uuid.UUID, now: datetime) -> bool:
    """False when something was said, or they were asked, since they were found."""
    found = _due(now).select_for_update(of=("self",)).filter(pk=conversation_id)
    conversation = found.first()
    if conversation is None:
        return False
    question = SatisfactionQuestion.objects.create(conversation=conversation, asked_at=now)
    notice_send(
        conversation_id=conversation.pk,
        cause=f"{PREFIX}{question.pk}",
        text=_text("question", conversation),
        buttons=[
            {"title": str(score), "payload": f"{PREFIX}{question.pk}:{score}"}
            for score in SCORES
            if conversation.channel != _NUMBERED
        ],
    )
    return True


def _due(now: datetime) -> QuerySet[Conversation]:
    """Exchanges that somebody answered and that nothing is left open of, in whatever order."""
    rules = quiet_hours()
    is_quiet = quiet_until(now, rules) is not None
    channels = [code for code in ASKED_ON if code in rules.silent_channels or not is_quiet]
    words = Message.objects.filter(conversation=OuterRef("pk")).exclude(author=Author.SYSTEM)
    newest = words.order_by("-seq")
    turns = Turn.objects.filter(conversation=OuterRef("pk")).order_by("-message__seq")
    asked = SatisfactionQuestion.objects.filter(asked_at__gt=now - ASKED_EVERY).filter(
        Q(conversation=OuterRef("pk"))
        | Q(conversation__contact_point__resident=OuterRef("contact_point__resident"))
    )
    alerts = Alert.objects.filter(conversation=OuterRef("pk"), created_at__gt=now - FORGOTTEN_AFTER)
    return (
        Conversation.objects.filter(
            Q(channel=ChannelCode.WEB) | Q(contact_point__address_sealed__isnull=False),
            channel__in=channels,
            last_message_at__gt=now - FORGOTTEN_AFTER,
            last_message_at__lte=now - SILENCE,
            handler=Handler.BOT,
            waiting_since=None,
            blocked_at=None,
            contact_point__opted_out_at=None,
        )
        .annotate(
            last_author=Subquery(newest.values("author")[:1]),
            last_word_at=Subquery(newest.values("created_at")[:1]),
            half_made=Coalesce(Subquery(turns.values("form")[:1]), Value("")),
        )
        .filter(
            ~Exists(asked),
            ~Exists(alerts),
            last_author__in=[Author.BOT, Author.AGENT],
            last_word_at__gt=now - FORGOTTEN_AFTER,
            half_made="",
        )
    )


def _question(conversation: Conversation, payload: str) -> SatisfactionQuestion | None:
    """The question of this conversation that ``payload`` answers."""
    head, _, score = payload.removeprefix(PREFIX).rpartition(":")
    if not payload.startswith(PREFIX) or not _DIGIT.fullmatch(score):
        return None
    try:
        number = uuid.UUID(head)
    except ValueError:
        return None
    return conversation.satisfaction_questions.filter(pk=number).first()


def _is_in_time(question: SatisfactionQuestion) -> bool:
    return timezone.now() - question.asked_at <= ANSWERED_WITHIN


def _text(name: str, conversation: Conversation) -> str:
    language = conversation.locale[:2] if conversation.locale[:2] in _LOCALES else _LOCALES[0]
    return render_to_string(f"conversations/satisfaction/{language}/{name}.txt").strip()
