"""What a report may need beside what and where: is it known already, and the category's questions.

Questions that the city marks as required are asked, and for dangers (the ``always`` clock) the
others too, each once: the crew leaves better prepared. Any other category is sent without them: a
short dialogue is worth more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from actions.clients import Console
from actions.phrases import Phrases, plain
from actions.turn import intent_of

Slots = dict[str, Any]
UNKNOWN = "?"
MAX_ANSWER = 200
_SKIP = frozenset({"je ne sais pas", "i do not know", "aucune idee", "sais pas", "passer", "skip"})
_YES_NO = {"affirm": "yes", "deny": "no"}
# Under these intents a whole message may be the answer to an open question.
_MAY_ANSWER = frozenset(
    {"inform", "report_issue", "nlu_fallback", "out_of_scope", "affirm", "deny", ""}
)


def open_question(slots: Mapping[str, Any]) -> dict[str, Any] | None:
    """The first question that has no answer yet."""
    answers = slots.get("report_answers") or {}
    for question in slots.get("report_questions") or []:
        if question["code"] not in answers:
            return dict(question)
    return None


def questions_to_ask(category: Mapping[str, Any], locale: str) -> list[dict[str, Any]]:
    """Those of ``category`` (``CategoryOut``) that are worth a question, in its order."""
    label = "label_fr" if locale == "fr" else "label_en"
    return [
        {
            "code": question["code"],
            "kind": question["kind"],
            "label": question[label],
            "is_required": bool(question["is_required"]),
            "choices": [
                {"code": choice["code"], "label": choice[label]} for choice in question["choices"]
            ],
        }
        for question in category["questions"]
        if question["is_required"] or category["clock"] == "always"
    ]


def answer_heard(message: Mapping[str, Any], slots: Mapping[str, Any]) -> Slots:
    """The answer to "is it the same?" or to the open question; empty when it is none."""
    intent = intent_of(dict(message))
    if slots.get("requested_slot") == "report_same":
        return {"report_same": _YES_NO[intent]} if intent in _YES_NO else {}
    question = open_question(slots)
    if slots.get("requested_slot") != "report_answer" or question is None:
        return {}
    answer = _answer(question, str(message.get("text") or ""), intent)
    if answer is None:
        return {}
    answers = {**(slots.get("report_answers") or {}), question["code"]: answer}
    return {"report_answers": answers}


def _answer(question: Mapping[str, Any], text: str, intent: str) -> str | None:
    said = plain(text)
    if said in _SKIP:
        return UNKNOWN
    choices: Sequence[Mapping[str, str]] = question["choices"]
    for choice in choices:
        words = plain(choice["label"])
        if said == words or choice["code"] == _YES_NO.get(intent):
            return choice["code"]
    near = [c["code"] for c in choices if said and plain(c["label"]).find(said) >= 0]
    if len(near) == 1 and len(said) > 2:
        return near[0]
    if choices or intent not in _MAY_ANSWER or not said:
        return None
    if question["kind"] == "number":
        number = re.search(r"\d+", said)
        return number[0] if number else None
    return text.strip()[:MAX_ANSWER]


def told_answers(slots: Mapping[str, Any]) -> dict[str, str]:
    """The answers to send: what was skipped is left out."""
    answers: Mapping[str, str] = slots.get("report_answers") or {}
    return {code: answer for code, answer in answers.items() if answer != UNKNOWN}


def draft_body(slots: Mapping[str, Any], conversation: str) -> dict[str, Any]:
    """The report as the console takes it (``ReportIn``), without what is not known."""
    body: dict[str, Any] = {
        "conversation": conversation,
        "category": str(slots.get("report_category")),
        "address": str(slots.get("report_address") or ""),
        "place": str(slots.get("report_place") or ""),
        "commune": str(slots.get("report_commune") or ""),
        "description": str(slots.get("report_description") or ""),
    }
    if slots.get("report_latitude") is not None and slots.get("report_longitude") is not None:
        body["latitude"] = slots["report_latitude"]
        body["longitude"] = slots["report_longitude"]
    if slots.get("report_photos"):
        body["photos"] = list(slots["report_photos"])
    if told_answers(slots):
        body["answers"] = told_answers(slots)
    return body


async def similar_report(
    console: Console, slots: Mapping[str, Any], conversation: str, phrases: Phrases
) -> dict[str, Any]:
    """The likeliest near report that may be followed; empty when there is none.

    ``outage``: what to announce of the one that covers the place, as ``utter_outage`` takes it.
    Who follows it already, or declared it, hears it and is asked nothing.
    """
    draft = {name: value for name, value in draft_body(slots, conversation).items() if value}
    for found in await console.similar_reports(draft=draft):
        outage = found.get("outage")
        if not found["can_support"] and outage is None:
            continue
        similar: dict[str, Any] = {}
        if found["can_support"]:
            similar = {
                "reference": str(found["reference"]),
                "label": str(found["label"]),
                "people": phrases.people(int(found["people"])),
            }
        if outage is not None:
            similar["outage"] = _announced(outage, phrases)
        return similar
    return {}


def _announced(outage: Mapping[str, Any], phrases: Phrases) -> dict[str, str]:
    message = outage["message_fr"]
    if phrases.locale != "fr" and outage["message_en"]:
        message = outage["message_en"]
    end = outage["expected_end"]
    if not end:
        return {"message": str(message)}
    return {"message": str(message), "day": phrases.day(end), "hour": phrases.hour(end)}
