"""Shows below a question what was chosen, in the place of its buttons."""

from __future__ import annotations

from agent_console.conversations.models import Message
from agent_console.conversations.selectors import message_at

from .deliver import asked, chat_of
from .render import keyboard_chosen


def choice_mark(*, message_id: int, seq: int) -> None:
    """Edit the keyboard of our message ``seq``; doing it again changes nothing.

    Raises ``DeliveryFailed``, for good when Telegram has nothing to edit (any more).
    """
    chosen = Message.objects.select_related("conversation__contact_point").get(pk=message_id)
    question = message_at(conversation_id=chosen.conversation_id, seq=seq)
    number = question.delivery.external_id if question is not None else ""
    if not number.isdecimal():
        return  # the crash between sending it and writing its number down
    chat_id = chat_of(chosen.conversation.contact_point)
    asked(
        lambda bot: bot.edit_message_reply_markup(
            chat_id=chat_id, message_id=int(number), reply_markup=keyboard_chosen(chosen.text)
        )
    )
