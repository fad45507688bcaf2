"""Telegram's updates, read with python-telegram-bot's types, as the few things that we answer.

https://core.telegram.org/bots/api#update
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import telegram
import telegram.error
from telegram.constants import ChatMemberStatus, ChatType

from agent_console.conversations.ports import Location
from channels_config.kit.webhooks import Refused

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
_COMMAND = re.compile(r"/([a-z_]{1,32})(?:@\w+)?(?:\s|$)", re.IGNORECASE)
_CHOICE = re.compile(r"c:([0-9]{1,9}):([0-9]{1,2})")
_PICTURES = ("image/jpeg", "image/png", "image/webp")


@dataclass(frozen=True)
class Chat:
    """Whom we talk with: ``id`` is the person's own in a private chat, and never logged."""

    id: str = field(repr=False)
    is_private: bool
    locale: str = "fr"


@dataclass(frozen=True)
class Spoken:
    """A message, or with ``is_edit`` its correction; ``edited_at`` tells two of them apart."""

    chat: Chat
    message_id: int
    text: str = field(repr=False, default="")
    photos: tuple[str, ...] = field(repr=False, default=())
    location: Location | None = field(repr=False, default=None)
    edited_at: int = 0

    @property
    def command(self) -> str:
        """The command that the text starts with, in small letters, or nothing."""
        found = _COMMAND.match(self.text)
        return found[1].lower() if found else ""


@dataclass(frozen=True)
class Chosen:
    """A button that was pressed: the ``index``-th of our message ``seq``; ``None``: of none."""

    chat: Chat
    query_id: str
    seq: int | None = None
    index: int = 0


@dataclass(frozen=True)
class SharedContact:
    """A telephone number; ``is_own`` when Telegram says that it is the sender's."""

    chat: Chat
    message_id: int
    is_own: bool
    phone: str = field(repr=False)


@dataclass(frozen=True)
class Membership:
    """We were let in or shut out of a chat."""

    chat: Chat
    is_member: bool


@dataclass(frozen=True)
class Unreadable:
    """A message of a kind that we can't read: a voice, a video, a sticker."""

    chat: Chat
    message_id: int


type Update = Spoken | Chosen | SharedContact | Membership | Unreadable


def update_read(raw: dict[str, Any]) -> Update | None:
    """What an update says; ``None`` when it is nothing for us.  Raises ``Refused`` (400)."""
    try:
        update = telegram.Update.de_json(raw, None)
        return _read(update)
    except (telegram.error.TelegramError, TypeError, ValueError, KeyError, AttributeError):
        # `from None`: the library's errors quote what they could not read.
        raise Refused(400, "update_malformed") from None


def _read(update: telegram.Update) -> Update | None:
    if update.callback_query is not None:
        return _chosen(update.callback_query)
    if update.my_chat_member is not None:
        member = update.my_chat_member
        shut_out = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
        return Membership(
            chat=_chat(member.chat, member.from_user),
            is_member=member.new_chat_member.status not in shut_out,
        )
    if update.edited_message is not None:
        return _message(update.edited_message, is_edit=True)
    if update.message is not None:
        return _message(update.message, is_edit=False)
    return None


def _message(message: telegram.Message, *, is_edit: bool) -> Update | None:
    chat = _chat(message.chat, message.from_user)
    if message.from_user is not None and message.from_user.is_bot:
        return None
    if message.contact is not None:
        is_own = message.from_user is not None and message.contact.user_id == message.from_user.id
        return SharedContact(
            chat=chat,
            message_id=message.message_id,
            is_own=is_own,
            phone=message.contact.phone_number,
        )
    spoken = Spoken(
        chat=chat,
        message_id=message.message_id,
        text=message.text or message.caption or "",
        photos=_photos(message),
        location=_location(message),
        edited_at=int(message.edit_date.timestamp()) if is_edit and message.edit_date else 0,
    )
    if spoken.text or spoken.photos or spoken.location:
        return spoken
    return Unreadable(chat=chat, message_id=message.message_id) if _is_content(message) else None


def _photos(message: telegram.Message) -> tuple[str, ...]:
    """The largest size of a photo, or a picture sent as a file."""
    if message.photo:
        return (max(message.photo, key=lambda size: size.width * size.height).file_id,)
    if message.document is not None and message.document.mime_type in _PICTURES:
        return (message.document.file_id,)
    return ()


def _location(message: telegram.Message) -> Location | None:
    found = message.location or (message.venue.location if message.venue else None)
    if found is None or abs(found.latitude) > 90 or abs(found.longitude) > 180:
        return None
    return Location(latitude=found.latitude, longitude=found.longitude)


def _is_content(message: telegram.Message) -> bool:
    """Whether a person sent something; service messages (pinned, joined) say nothing."""
    return message.effective_attachment is not None


def _chosen(query: telegram.CallbackQuery) -> Chosen | None:
    if query.message is None:
        return None
    chat = _chat(query.message.chat, query.from_user)
    found = _CHOICE.fullmatch(query.data or "")
    if found is None:
        return Chosen(chat=chat, query_id=query.id)
    return Chosen(chat=chat, query_id=query.id, seq=int(found[1]), index=int(found[2]))


def _chat(chat: telegram.Chat, user: telegram.User | None) -> Chat:
    language = (user.language_code or "") if user is not None else ""
    return Chat(
        id=str(chat.id),
        is_private=chat.type == ChatType.PRIVATE,
        locale="en" if language.startswith("en") else "fr",
    )
