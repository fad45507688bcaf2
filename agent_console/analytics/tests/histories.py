"""Conversations with a past: what was said when, and what came of it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from agent_console.calls.models import Call
from agent_console.citizens.models import ContactPoint, Resident
from agent_console.citizens.services import web_contact_open, web_token_new
from agent_console.conversations.desk.models import DeskEntry, EntryKind, WaitingReason
from agent_console.conversations.models import (
    Alert,
    Author,
    Conversation,
    Message,
    SatisfactionQuestion,
    Turn,
    TurnState,
)
from agent_console.conversations.satisfaction import PREFIX

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)  # 10 h in Paris


class Talk:
    """A conversation whose clock the test moves."""

    def __init__(self, *, channel: str = "web", at: datetime = MONDAY) -> None:
        contact: ContactPoint = web_contact_open(token=web_token_new())
        self.row = Conversation.objects.create(contact_point=contact, channel=channel)
        self.at = at

    def after(self, **gap: float) -> Talk:
        """Let time pass."""
        self.at += timedelta(**gap)
        return self

    def of(self, resident: Resident | None) -> Talk:
        """Whoever writes here turns out to be ``resident``."""
        ContactPoint.objects.filter(pk=self.row.contact_point_id).update(resident=resident)
        return self

    def rate(self, score: int | None, *, hours: float = 3) -> Talk:
        """Asked an hour after the last word; ``score``, if any, comes ``hours`` after that."""
        asked_at = self.at + timedelta(hours=1)
        question = SatisfactionQuestion.objects.create(conversation=self.row, asked_at=asked_at)
        self.after(hours=1).say(Author.SYSTEM, "De 1 à 5 ?")
        if score is not None:
            self.after(hours=hours).say(
                Author.CITIZEN, str(score), choice=f"{PREFIX}{question.pk}:{score}"
            )
            question.score, question.answered_at = score, self.at
            question.save()
            self.say(Author.SYSTEM, "Merci")
        return self

    def say(
        self,
        author: Author,
        text: str = "Bonjour",
        *,
        intent: str = "",
        form: str = "",
        choice: str = "",
    ) -> Talk:
        """Somebody says something; an ``intent`` makes it a turn of the assistant."""
        self.row.last_seq += 1
        self.row.last_message_at = self.at
        self.row.save(update_fields=["last_seq", "last_message_at"])
        message = Message.objects.create(
            conversation=self.row,
            seq=self.row.last_seq,
            author=author,
            channel=self.row.channel,
            external_id=str(uuid.uuid4()),
            text=text,
            choice=choice,
        )
        Message.objects.filter(pk=message.pk).update(created_at=self.at)
        if intent:
            Turn.objects.create(
                message=message,
                conversation=self.row,
                fence=0,
                state=TurnState.DONE,
                intent=intent,
                form=form,
            )
        return self

    def ask_person(self, reason: WaitingReason = WaitingReason.ASKED) -> Talk:
        """The person comes into the queue."""
        entry = DeskEntry.objects.create(
            conversation=self.row,
            kind=EntryKind.ASKED,
            after_seq=self.row.last_seq,
            text=reason.label,
        )
        DeskEntry.objects.filter(pk=entry.pk).update(created_at=self.at)
        return self

    def call(self, *, waits_s: int, talks_s: int | None) -> Talk:
        """They call and stand in the queue; without ``talks_s`` they hang up while they wait."""
        queued_at = self.at
        self.after(seconds=waits_s)
        connected_at = None if talks_s is None else self.at
        self.after(seconds=talks_s or 0)
        Call.objects.create(
            provider_id=str(uuid.uuid4()),
            conversation=self.row,
            state="ended",
            from_seq=0,
            heard_seq=0,
            queued_at=queued_at,
            connected_at=connected_at,
            ended_at=self.at,
        )
        return self

    def alarm(self) -> Talk:
        """Somebody may be in danger."""
        alert, _ = Alert.objects.get_or_create(conversation=self.row, ended_at=None)
        Alert.objects.filter(pk=alert.pk).update(created_at=self.at)
        return self

    def exchange(self, intent: str = "report_issue", form: str = "") -> Talk:
        """A sentence, and the assistant's answer five seconds later."""
        self.say(Author.CITIZEN, intent=intent, form=form).after(seconds=5)
        return self.say(Author.BOT)
