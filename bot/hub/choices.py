"""What a short answer stands for: "2" is the second choice that was just offered."""

from __future__ import annotations

import json
import re

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.hub.answer import buttons_of
from bot.hub.call_me import call_back_command
from bot.hub.capabilities import capabilities_of
from bot.hub.request import TurnRequest
from bot.hub.secret_words import secret_command

# Said to the NLU in the place of a key that channels without buttons reserve.
_FOR_A_PERSON = "parler à un conseiller"
# Commands that only the hub may give: what people write never starts with a slash here.
# The payloads of the console's "C'est réglé ?" (agent_console/reports, resolved_buttons.txt): the
# reference stands in them, so no NLU has to guess which report is meant.
_FEEDBACK = re.compile(
    r"^\s*(?P<answer>oui|non|yes|no)\b.*?(?P<reference>\d{3}-\d{3}-\d{3}).*\b(?:réglé|solved)\b",
    re.IGNORECASE | re.DOTALL,
)
# The answers to the question about points (the console's consent_texts), in the SMS alphabet too;
# the rest is for somebody who writes without buttons.
_POINTS = re.compile(
    r"^\s*(?:(?P<yes>oui,? j.ai 15\s?ans ou plus|yes,? i am 15 or older|je veux des points)"
    r"|(?:non,? )?(?:pas|plus) de points|no (?:more )?points(?:,? thank you)?)\s*[.!]?\s*$",
    re.IGNORECASE,
)
_SHORT_YES = re.compile(r"^\s*(?:oui|yes|ok|d.accord)\s*[.!]?\s*$", re.IGNORECASE)
_SHORT_NO = re.compile(r"^\s*(?:non|no)(?: merci| thanks?| thank you)?\s*[.!]?\s*$", re.IGNORECASE)
_SHARED_LOCATION, _SHARED_PHOTO = "/share_location", "/share_photo"
# What channels_config/telegram/receive.py says when somebody shares their own number.
_PHONE_SHARED = "Relier avec le numéro que je partage"
# Payloads of bot/domain/my_data.yml.
_DATA_CHOICES = {
    "Une copie de mes données": "take",
    "A copy of my data": "take",
    "Corriger un signalement": "correct",
    "Correct a report": "correct",
    "Tout effacer": "erase",
    "Erase everything": "erase",
    "Oui, tout effacer": "erase_all",
    "Yes, erase everything": "erase_all",
}


def meant(tracker: DialogueStateTracker, request: TurnRequest) -> str:
    """The text that Rasa is to read for ``request``.

    An answer to the question about points is a command as well: the words that were read stand in
    it, and a bare yes is one while it is the last thing that was asked.  Where choices are
    numbered, a bare number is the payload of that choice and 0 asks for a person. A position or a
    photo without words, a number that Telegram shares, a code or a number that was asked for, a
    button of the dialogue about data, the answer to "is it solved?" and "rappelez-moi" are commands
    of the hub's own.
    """
    if not request.text:
        return _SHARED_LOCATION if request.location else _SHARED_PHOTO
    feedback = _FEEDBACK.match(request.text)
    if feedback:
        solved = "yes" if feedback["answer"].lower() in ("oui", "yes") else "no"
        return "/report_feedback" + json.dumps(
            {"reference": feedback["reference"], "solved": solved}
        )
    if request.text == _PHONE_SHARED:
        return "/link_account" + json.dumps({"shared_phone": "yes"})
    text = _chosen(tracker, request)
    return (
        secret_command(tracker, text)
        or _about_data(tracker, text)
        or _points(tracker, text)
        or call_back_command(text)
        or text
    )


def _about_data(tracker: DialogueStateTracker, text: str) -> str:
    """The command for a button of the dialogue about data: no NLU guesses an erasure."""
    choice = _DATA_CHOICES.get(text) if tracker.active_loop_name == "data_form" else None
    return "/my_data" + json.dumps({"data_choice": choice}) if choice else ""


def _points(tracker: DialogueStateTracker, text: str) -> str:
    """The command for an answer about points; empty when the text is none."""
    told = _POINTS.match(text)
    yes, no = bool(told and told["yes"]), bool(told and not told["yes"])
    if not told and any(_POINTS.match(offer) for offer in offered_last(tracker)):
        yes, no = bool(_SHORT_YES.match(text)), bool(_SHORT_NO.match(text))
    if not (yes or no):
        return ""
    return "/wallet_consent" + json.dumps({"points_wish": "yes" if yes else "no"})


def _chosen(tracker: DialogueStateTracker, request: TurnRequest) -> str:
    able = capabilities_of(request.channel)
    digits = request.text.strip(" .#*)")
    if not able.numbered or not digits.isascii() or not digits.isdigit() or len(digits) > 2:
        return request.text
    number = int(digits)
    if number == 0:
        return _FOR_A_PERSON
    offered = offered_last(tracker)
    return offered[number - 1] if number <= len(offered) else request.text


def offered_last(tracker: DialogueStateTracker) -> list[str]:
    """Payloads of the choices in the newest messages that had some, in the last turn only."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered) and (buttons := buttons_of(event)):
            return [str(button["payload"]) for button in buttons]
    return []
