"""Writes residents, their contact points and what was said with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from random import Random

from django.db import transaction

from agent_console.citizens.models import ContactLink, ContactPoint, LinkHow, Resident
from agent_console.conversations.models import (
    Author as Speaker,
)
from agent_console.conversations.models import (
    Conversation,
    Delivery,
    DeliveryState,
    Handler,
    Message,
    Notice,
    NoticeState,
    Turn,
    TurnState,
)

from .copying import copy_rows, numbers_reserve
from .marks import Kind, marked
from .planning import TALKED, Author, Planned
from .talks import Said, Talks

_NO_BUTTONS = "[]"


@transaction.atomic
def authors_write(
    *, authors: Sequence[Author], planned: Sequence[Planned], talks: Talks, seed: int
) -> None:
    """ONE transaction: these authors with all that was said with them, or none of it."""
    first = {author.number: planned[author.reports[0]].at for author in authors}
    copy_rows(
        Resident,
        ("id", "created_at"),
        ((marked(Kind.RESIDENT, one.number), first[one.number]) for one in authors),
    )
    copy_rows(
        ContactPoint,
        ("id", "resident", "kind", "key_digest", "locale", "created_at"),
        (
            (
                marked(Kind.CONTACT_POINT, one.number),
                marked(Kind.RESIDENT, one.number),
                "phone" if one.channel == "counter" else one.channel,
                hashlib.sha256(f"simulation {seed} {one.number}".encode()).digest(),
                "fr",
                first[one.number],
            )
            for one in authors
        ),
    )
    copy_rows(
        ContactLink,
        ("contact_point", "resident", "how", "since", "ended_how"),
        (
            (
                marked(Kind.CONTACT_POINT, one.number),
                marked(Kind.RESIDENT, one.number),
                LinkHow.FIRST.value,
                first[one.number],
                "",
            )
            for one in authors
        ),
    )
    _conversations_write(
        {
            author: talks.messages([planned[number] for number in author.reports])
            for author in authors
            if author.channel in TALKED
        },
        seed,
    )


def _conversations_write(said: dict[Author, list[Said]], seed: int) -> None:
    copy_rows(
        Conversation,
        ("id", "contact_point", "channel", "locale", "handler", "fence", "last_seq",
         "last_message_at", "created_at"),
        (
            (
                marked(Kind.CONVERSATION, author.number),
                marked(Kind.CONTACT_POINT, author.number),
                author.channel,
                "fr",
                Handler.BOT.value,
                0,
                len(messages),
                messages[-1].at,
                messages[0].at,
            )
            for author, messages in said.items()
        ),
    )  # fmt: skip
    lines = [
        (author, seq, message)
        for author, messages in said.items()
        for seq, message in enumerate(messages, 1)
    ]
    ids = numbers_reserve(Message, len(lines))
    numbered = list(zip(ids, lines, strict=True))
    copy_rows(
        Message,
        ("id", "conversation", "seq", "author", "channel", "external_id", "text", "buttons",
         "created_at"),
        (
            (
                number,
                marked(Kind.CONVERSATION, author.number),
                seq,
                message.author.value,
                author.channel,
                message.external_id,
                message.text,
                _NO_BUTTONS,
                message.at,
            )
            for number, (author, seq, message) in numbered
        ),
    )  # fmt: skip
    copy_rows(
        Turn,
        ("id", "message", "conversation", "state", "fence", "intent", "confidence", "created_at",
         "ended_at"),
        (
            (
                message.turn,
                number,
                marked(Kind.CONVERSATION, author.number),
                TurnState.DONE.value,
                0,
                message.intent,
                _confidence(seed, number),
                message.at,
                message.at,
            )
            for number, (author, _, message) in numbered
            if message.turn is not None
        ),
    )  # fmt: skip
    copy_rows(
        Delivery,
        ("message", "state", "attempts", "error_code", "updated_at"),
        (
            (
                number,
                # Only the web chat says that a message has arrived.
                (DeliveryState.DELIVERED if author.channel == "web" else DeliveryState.SENT).value,
                1,
                "",
                message.at,
            )
            for number, (author, _, message) in numbered
            if message.author != Speaker.CITIZEN
        ),
    )
    copy_rows(
        Notice,
        ("conversation", "cause", "text", "buttons", "state", "created_at"),
        (
            (
                marked(Kind.CONVERSATION, author.number),
                message.notice,
                message.text,
                json.dumps([]),
                NoticeState.SENT.value,
                message.at,
            )
            for _, (author, _, message) in numbered
            if message.notice
        ),
    )


def _confidence(seed: int, number: int) -> float:
    return round(0.75 + Random(seed * number).random() / 4, 3)  # noqa: S311 - a simulation
