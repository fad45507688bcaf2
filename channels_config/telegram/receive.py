"""What an update means, taken in once; and the answer that Telegram lets us give at once.

That answer (a method call in the body of our answer to the webhook) is for what needs no outbox:
stopping a button's spinner, a polite word to a group.  Everything else goes by the hub.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from agent_console.citizens.models import ChannelCode, ContactPoint
from agent_console.citizens.services import contact_at
from agent_console.conversations import receiving
from agent_console.conversations.receiving import Incoming
from agent_console.conversations.selectors import message_known, offered_at
from agent_console.opt_outs.models import OptOutSource
from agent_console.opt_outs.services import news_set
from channels_config.kit.incoming import is_silenced, localised, say, take_in

from . import config, queue
from .commands import said_by
from .limits import FLOOD, GROUP
from .parse import (
    Chat,
    Chosen,
    Membership,
    SharedContact,
    Spoken,
    Unreadable,
    Update,
)
from .phones import phone_verified

type AtOnce = dict[str, Any] | None

# What the assistant hears when somebody shares their own number (``bot/hub/choices.py``).
PHONE_SHARED = "Relier avec le numéro que je partage"


def update_take(update: Update) -> AtOnce:
    """Take in one update; the method call to answer with, if any."""
    if not update.chat.is_private:
        return _to_group(update)
    contact_point = contact_at(
        kind=ChannelCode.TELEGRAM, address=update.chat.id, locale=update.chat.locale
    )
    if isinstance(update, Membership):
        if not update.is_member:  # they blocked the bot: nothing can be sent any more
            _news(contact_point, wanted=False)
        return None
    if isinstance(update, Spoken) and update.command == "stop":
        _stop(contact_point, update)  # heard from everybody, at any speed
        return None
    if is_silenced(channel="telegram", contact_point=contact_point, flood=FLOOD):
        return _spinner_off(update.query_id) if isinstance(update, Chosen) else None
    match update:
        case Chosen():
            _choose(contact_point, update)
            return _spinner_off(update.query_id)
        case SharedContact():
            _share_phone(contact_point, update)
        case Unreadable():
            say(contact_point, "media_refused", cause=_own_id(contact_point, update.message_id))
        case Spoken() if update.command:
            return _command(contact_point, update)
        case Spoken():
            _speak(contact_point, update, update.text)
    return None


def _speak(contact_point: ContactPoint, spoken: Spoken, text: str) -> None:
    original = _own_id(contact_point, spoken.message_id)
    is_edit = bool(spoken.edited_at)
    take_in(
        contact_point=contact_point,
        incoming=Incoming(
            external_id=f"{original}:{spoken.edited_at}" if is_edit else original,
            text=text,
            # A picture that was corrected is the same picture, or one that came with its caption.
            attachments=() if is_edit and text else spoken.photos,
            location=spoken.location,
            corrects=original if is_edit else "",
        ),
    )


def _command(contact_point: ContactPoint, spoken: Spoken) -> AtOnce:
    match spoken.command:
        case "aide" | "help":
            receiving.receive_answered(
                contact_point=contact_point,
                external_id=_own_id(contact_point, spoken.message_id),
                text=spoken.text,
                reply=localised("kit", "help", contact_point.locale),
            )
            return None
        case "numero" | "phone":
            return _ask_phone(spoken.chat)
        case "start":
            own_id = _own_id(contact_point, spoken.message_id)
            if message_known(channel="telegram", external_id=own_id) is None:
                # Brought again after a later /stop, it says nothing any more.
                _news(contact_point, wanted=True)
    # Unknown commands are words without their slash.
    _speak(contact_point, spoken, said_by(spoken.command) or spoken.text.lstrip("/"))
    return None


def _news(contact_point: ContactPoint, *, wanted: bool) -> None:
    news_set(contact_point_id=contact_point.pk, wants_news=wanted, source=OptOutSource.PERSON)


def _stop(contact_point: ContactPoint, spoken: Spoken) -> None:
    receiving.receive_opt_out(
        contact_point=contact_point,
        external_id=_own_id(contact_point, spoken.message_id),
        text=spoken.text,
        reply=localised("telegram", "opted_out", contact_point.locale),
    )


@transaction.atomic
def _choose(contact_point: ContactPoint, chosen: Chosen) -> None:
    """ONE transaction: the choice as a message, and the job that shows it below the question.

    A question is answered once: whoever presses twice, or another button of it later, changes
    nothing.
    """
    if chosen.seq is None:
        return
    offered = offered_at(contact_point=contact_point, seq=chosen.seq)
    if chosen.index >= len(offered):
        return
    button = offered[chosen.index]
    message = receiving.receive(
        contact_point=contact_point,
        incoming=Incoming(
            external_id=f"{_own_id(contact_point, chosen.seq)}:choice",
            text=button["title"],
            choice=button["payload"],
        ),
    )
    if message is not None:
        queue.enqueue_mark_choice(message_id=message.pk, seq=chosen.seq)


def _share_phone(contact_point: ContactPoint, shared: SharedContact) -> None:
    """Their own number goes on to the assistant, which links it; nobody else's proves anything."""
    external_id = _own_id(contact_point, shared.message_id)
    text = localised("telegram", "phone_shared", contact_point.locale)
    if shared.is_own and phone_verified(contact_point=contact_point, phone=shared.phone):
        # The number itself stands in no message: the assistant asks for what was shared.
        incoming = Incoming(external_id=external_id, text=text, choice=PHONE_SHARED)
        take_in(contact_point=contact_point, incoming=incoming)
        return
    receiving.receive_answered(
        contact_point=contact_point,
        external_id=external_id,
        text=text,
        reply=localised("telegram", "phone_not_own", contact_point.locale),
    )


def _to_group(update: Update) -> AtOnce:
    """A polite word when we are let into a group or called there; nothing of it is kept."""
    is_called = isinstance(update, Spoken) and bool(update.command)
    is_let_in = isinstance(update, Membership) and update.is_member
    if not (is_called or is_let_in) or not GROUP.take(update.chat.id):
        return None
    text = localised("telegram", "private_only", update.chat.locale)
    return {"method": "sendMessage", "chat_id": int(update.chat.id), "text": text}


def _ask_phone(chat: Chat) -> AtOnce:
    button = {"text": localised("telegram", "phone_button", chat.locale), "request_contact": True}
    return {
        "method": "sendMessage",
        "chat_id": int(chat.id),
        "text": localised("telegram", "phone_why", chat.locale),
        "reply_markup": {
            "keyboard": [[button]],
            "resize_keyboard": True,
            "one_time_keyboard": True,
        },
    }


def _spinner_off(query_id: str) -> AtOnce:
    return {"method": "answerCallbackQuery", "callback_query_id": query_id}


def _own_id(contact_point: ContactPoint, number: int) -> str:
    """A message's id on this channel, of which Telegram's numbers are unique in one chat only."""
    return f"telegram:{config.bot_id()}:{contact_point.pk}:{number}"
