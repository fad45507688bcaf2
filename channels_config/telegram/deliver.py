"""The channel port, for Telegram.  Telegram says no more than that it took a message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from telegram import Bot
from telegram.constants import FileSizeLimit
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from agent_console.citizens.errors import AddressInvalid
from agent_console.citizens.models import ContactPoint
from agent_console.citizens.services import contact_address
from agent_console.conversations.delivery_states import DeliveryError
from agent_console.conversations.errors import DeliveryFailed, MediaRefused, MediaUnavailable
from agent_console.conversations.models import Attachment, Author, Message
from agent_console.conversations.ports import Handed, photo_store

from . import limits
from .client import client
from .render import caption_of, keyboard, texts


class TelegramChannel:
    """Implements ``agent_console.conversations.ports.Channel``."""

    code = "telegram"

    def deliver(self, message: Message) -> Handed:
        """Hand the message to Telegram; raises ``DeliveryFailed``.

        The choices stand below its last part, whose number is kept: it is edited once one is made.
        """
        chat_id = chat_of(message.conversation.contact_point)
        wait_s = limits.CHAT.wait_s(str(message.conversation.contact_point_id))
        if wait_s := wait_s or limits.ALL.wait_s("bot"):
            raise DeliveryFailed(
                permanent=False, code=DeliveryError.RATE_LIMITED, retry_after_s=wait_s
            )
        photo = picture(message)
        if photo is not None and (caption := caption_of(message)) is not None:
            # In one call: what is asked again after a failure can't come twice in part.
            sent = asked(
                lambda bot: bot.send_photo(
                    chat_id, photo, caption=caption, reply_markup=keyboard(message)
                )
            )
            return Handed(external_id=str(sent.message_id))
        if photo is not None:
            asked(lambda bot: bot.send_photo(chat_id, photo))
        *first, last = texts(message)
        for text in first:
            asked(partial(Bot.send_message, chat_id=chat_id, text=text))
        sent = asked(lambda bot: bot.send_message(chat_id, last, reply_markup=keyboard(message)))
        return Handed(external_id=str(sent.message_id))

    def fetch(self, attachment: Attachment) -> bytes:
        """A picture by the number that Telegram gave it; raises as the port says."""
        try:
            return client().call(lambda bot: _download(bot, attachment.source), total_s=40.0)
        except RetryAfter as failure:
            raise MediaUnavailable("media_unavailable", _seconds(failure)) from None
        except (BadRequest, Forbidden, InvalidToken):
            # Files above 20 MB can't be had; others expire.
            raise MediaRefused("media_gone") from None
        except TelegramError:
            raise MediaUnavailable("media_unavailable") from None


async def _download(bot: Bot, file_id: str) -> bytes:
    file = await bot.get_file(file_id)
    if (file.file_size or FileSizeLimit.FILESIZE_DOWNLOAD) > limits.MEDIA_MAX_BYTES:
        raise MediaRefused("photo_too_large")
    content = bytes(await file.download_as_bytearray())
    if len(content) > limits.MEDIA_MAX_BYTES:
        raise MediaRefused("photo_too_large")
    return content


def picture(message: Message) -> bytes | None:
    """The photo that an agent sent with the message; raises ``DeliveryFailed`` when it is gone."""
    if message.author != Author.AGENT:
        return None
    attachment = message.attachments.filter(photo_id__isnull=False).first()
    if attachment is None or attachment.photo_id is None:
        return None
    try:
        return photo_store().content(attachment.photo_id)
    except MediaRefused as refusal:
        raise DeliveryFailed(permanent=True, code=DeliveryError.CONTENT) from refusal


def chat_of(contact_point: ContactPoint) -> int:
    """The contact's chat; raises ``DeliveryFailed``."""
    try:
        return int(contact_address(contact_point) or "")
    except (AddressInvalid, ValueError) as error:
        raise DeliveryFailed(permanent=True, code=DeliveryError.ADDRESS_MISSING) from error


def asked[T](ask: Callable[[Bot], Awaitable[T]]) -> T:
    """``ask(bot)``; raises ``DeliveryFailed``."""
    try:
        return client().call(ask)
    except RetryAfter as failure:
        raise DeliveryFailed(
            permanent=False, code=DeliveryError.RATE_LIMITED, retry_after_s=_seconds(failure)
        ) from None
    except Forbidden:
        raise DeliveryFailed(permanent=True, code=DeliveryError.BLOCKED) from None
    except InvalidToken:
        raise DeliveryFailed(permanent=True, code=DeliveryError.CREDENTIALS) from None
    except ChatMigrated:
        raise DeliveryFailed(permanent=True, code=DeliveryError.ADDRESS_INVALID) from None
    except BadRequest as refusal:
        is_unknown = "chat not found" in refusal.message.lower()
        code = DeliveryError.ADDRESS_INVALID if is_unknown else DeliveryError.CONTENT
        raise DeliveryFailed(permanent=True, code=code) from None
    except TelegramError:  # time-outs, 5xx, answers that are none
        raise DeliveryFailed(permanent=False, code=DeliveryError.PROVIDER_UNAVAILABLE) from None


def _seconds(failure: RetryAfter) -> float:
    said = failure.retry_after
    return float(said) if isinstance(said, int) else said.total_seconds()
