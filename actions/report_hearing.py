"""What one message says about the report in progress. Pure: no network, no Rasa.

``hear`` answers with the slots that change and nothing else; an empty answer means that the
message is about something else, and the dialogue may answer it before the report goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.flow import NEVER_AN_ANSWER, YES_SURE
from actions.phrases import plain
from actions.report_extras import answer_heard, open_question
from actions.turn import intent_of

# On 48 held-out report lines the best category was right in 24 of the 25 at or above the first
# value; between the two, in 13 of 20 (18 among the first three: worth offering as choices); below
# the second, in 1 of 3. The values were chosen on these same lines, so expect less elsewhere.
CATEGORY_SURE = 0.5
CATEGORY_WORTH_OFFERING = 0.15
CATEGORY_CORRECTION_SURE = 0.7
CHOICES = 3
MAX_ASKED_BEFORE_OTHER = 2
# Characters; the console refuses longer ones.
MAX_PLACE = 200
MAX_DESCRIPTION = 4000

# Intents under which a whole message may be the answer to "where" or "which commune".
_MAY_BE_A_BARE_ANSWER = frozenset(
    {"inform", "report_issue", "correct_place", "nlu_fallback", "out_of_scope", ""}
)
# What a near report was compared by.
_MAKE_ANOTHER_PROBLEM = frozenset(
    {"report_category", "report_address", "report_place", "report_commune"}
)
_TELLS_A_PROBLEM = frozenset({"report_issue", "inform", "nlu_fallback", "out_of_scope", ""})

Slots = dict[str, Any]


@dataclass(frozen=True)
class Heard:
    """Entities of one message, joined per kind, in the citizen's words."""

    address: str | None
    place: str | None
    commune: str | None

    @property
    def anything(self) -> bool:
        """Whether the message names any place at all."""
        return any((self.address, self.place, self.commune))


def hear(message: Mapping[str, Any], slots: Mapping[str, Any], labels: Mapping[str, str]) -> Slots:
    """Slot changes told by ``message`` (Rasa's ``latest_message``), given the present slots.

    ``labels``: category code -> words, to recognise a chosen button.
    """
    intent = intent_of(dict(message))
    requested = slots.get("requested_slot")
    if intent in NEVER_AN_ANSWER:
        return {}
    extra = answer_heard(message, slots)
    if extra:
        return extra
    chosen = _chosen(message, labels)
    # "Rue ou place sale" names no place where it is the choice that was offered.
    where = (
        Heard(None, None, None)
        if chosen
        else entities_heard(message, last_only=intent in ("correct_place", "deny"))
    )
    changes = _category(message, intent, slots, labels, chosen)
    if requested == "report_confirmed" and intent == "affirm" and not where.anything:
        sure = float(message["intent"].get("confidence") or 0.0) >= YES_SURE
        return {"report_confirmed": True} if sure else {}
    if where.anything:
        changes.update(_location(where, slots))
    elif requested in ("report_location", "report_commune") and not changes:
        changes.update(_bare_answer(message, intent, requested))
    if not changes:
        changes = _refusal(intent, requested)
    if changes:
        changes.setdefault("report_confirmed", None)
        changes.setdefault("report_correction", None)
        if changes.keys() & _MAKE_ANOTHER_PROBLEM:
            changes.update(report_similar=None, report_same=None)
        if "report_category" in changes and changes["report_category"] != slots.get(
            "report_category"
        ):
            changes.update(report_questions=None, report_answers=None)
    return changes


def entities_heard(message: Mapping[str, Any], *, last_only: bool) -> Heard:
    """Join what the extractor found; with ``last_only`` a correction's last name wins."""

    def of(kind: str) -> str | None:
        found = [e for e in message.get("entities") or [] if e.get("entity") == kind]
        if not found:
            return None
        if last_only or len(found) == 1:
            return str(found[-1]["value"])[:MAX_PLACE]
        # "la rue Paradis et la rue Grignan": the words between belong to the answer.
        between = str(message.get("text", ""))[found[0]["start"] : found[-1]["end"]]
        return between[:MAX_PLACE]

    return Heard(address=of("address"), place=of("place"), commune=of("commune"))


def next_question(slots: Mapping[str, Any]) -> str | None:
    """The slot to ask for now, None when the report is complete and confirmed."""
    if slots.get("report_correction") == "asked":
        return "report_correction"
    for name in ("report_category", "report_location", "report_commune"):
        if not slots.get(name):
            return name
    if (slots.get("report_similar") or {}).get("reference"):
        if slots.get("report_same") == "yes":
            return None
        if not slots.get("report_same"):
            return "report_same"
    if open_question(slots) is not None:
        return "report_answer"
    return None if slots.get("report_confirmed") is True else "report_confirmed"


def _chosen(message: Mapping[str, Any], labels: Mapping[str, str]) -> str | None:
    """The category of which the message is the label, word for word."""
    text = plain(str(message.get("text") or ""))
    return next((code for code, label in labels.items() if plain(label) == text), None)


def _category(
    message: Mapping[str, Any],
    intent: str,
    slots: Mapping[str, Any],
    labels: Mapping[str, str],
    chosen: str | None,
) -> Slots:
    known = slots.get("report_category")
    text = str(message.get("text") or "")
    if chosen and (not known or slots.get("report_correction") == "asked"):
        return _category_found(chosen, labels, slots, text)
    if intent == "correct_category":
        return {
            "report_category": None,
            "report_category_label": None,
            "report_category_choices": None,
            "report_description": None,
        }
    ranking = [e for e in message.get("category_ranking") or [] if e.get("name") in labels]
    best = ranking[0] if ranking else None
    if known:
        differs = best is not None and best["name"] != known
        sure = best is not None and best["confidence"] >= CATEGORY_CORRECTION_SURE
        if intent == "report_issue" and best is not None and differs and sure:
            return _category_found(best["name"], labels, slots, text)
        return {}
    # A place alone answers another question than "what": its category would be noise.
    only_a_place = intent == "inform" and bool(message.get("entities"))
    asked_for_it = slots.get("requested_slot") == "report_category" and not only_a_place
    if intent != "report_issue" and not (asked_for_it and intent in _TELLS_A_PROBLEM):
        return {}
    if best is not None and best["confidence"] >= CATEGORY_SURE:
        return _category_found(best["name"], labels, slots, text)
    asked = float(slots.get("report_category_asked") or 0)
    if asked_for_it and asked >= MAX_ASKED_BEFORE_OTHER and "other" in labels:
        # A person will read the words: better than a third question.
        return _category_found("other", labels, slots, text)
    worth = best is not None and best["confidence"] >= CATEGORY_WORTH_OFFERING
    return {
        "report_category_choices": [e["name"] for e in ranking[:CHOICES]] if worth else None,
        "report_description": _description(slots, text),
    }


def _category_found(
    code: str, labels: Mapping[str, str], slots: Mapping[str, Any], text: str
) -> Slots:
    chosen_by_button = plain(labels[code]) == plain(text)
    return {
        "report_category": code,
        "report_category_label": labels[code],
        "report_category_choices": None,
        "report_description": (slots.get("report_description") or text)[:MAX_DESCRIPTION]
        if chosen_by_button
        else _description(slots, text),
    }


def _description(slots: Mapping[str, Any], text: str) -> str:
    """What was told so far, oldest first: an agent reads it."""
    before = str(slots.get("report_description") or "")
    return f"{before}\n{text}".strip()[:MAX_DESCRIPTION] if text not in before else before


def _location(where: Heard, slots: Mapping[str, Any]) -> Slots:
    changes: Slots = {}
    if where.address or where.place:
        # Words correct a position that was shared before.
        changes["report_latitude"] = changes["report_longitude"] = None
        changes["report_address"] = where.address
        changes["report_place"] = where.place
        changes["report_location"] = ", ".join(p for p in (where.place, where.address) if p)
        changes["report_location"] = changes["report_location"][:MAX_PLACE]
    if where.commune:
        changes["report_commune"] = where.commune
    return changes


def _bare_answer(message: Mapping[str, Any], intent: str, requested: str) -> Slots:
    text = str(message.get("text") or "").strip()[:MAX_PLACE]
    if intent not in _MAY_BE_A_BARE_ANSWER or not text or _names_a_problem(message):
        return {}
    if requested == "report_commune":
        return {"report_commune": text}
    return {"report_address": None, "report_place": text, "report_location": text}


def _names_a_problem(message: Mapping[str, Any]) -> bool:
    best = message.get("category") or {}
    return float(best.get("confidence") or 0.0) >= CATEGORY_CORRECTION_SURE


def _refusal(intent: str, requested: str | None) -> Slots:
    if intent == "correct_place":
        return dict.fromkeys(
            (
                "report_address",
                "report_place",
                "report_location",
                "report_latitude",
                "report_longitude",
            )
        )
    if intent == "deny" and requested == "report_confirmed":
        return {"report_correction": "asked"}
    return {}
