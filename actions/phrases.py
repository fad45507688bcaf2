"""Pieces of sentences from the Rasa domain, and the grammar that joins them.

The words themselves stand in ``bot/domain``; here is only grammar: agreement, elision, spaces.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from rasa_sdk import Tracker

PARIS = ZoneInfo("Europe/Paris")
_CATEGORY_PREFIX = "utter_category_"
_NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


class Phrases:
    """The domain's texts in the language of one conversation."""

    def __init__(self, domain: Mapping[str, Any], locale: str = "fr") -> None:
        self._responses = domain["responses"]
        self.locale = locale

    @classmethod
    def of(cls, domain: Mapping[str, Any], tracker: Tracker) -> Phrases:
        """For the conversation's language, French until another was chosen."""
        return cls(domain, str(tracker.get_slot("locale") or "fr"))

    def text(self, name: str, /, *, channel: str | None = None, **values: str) -> str:
        """Response ``name`` with its ``{placeholders}`` filled. Raises ``KeyError``."""
        texts = self._responses.get(self._localised(name)) or self._responses[name]
        fitting = [t for t in texts if t.get("channel") in (channel, None)]
        fitting.sort(key=lambda t: t.get("channel") is None)
        text = str(fitting[0]["text"])
        for key, value in values.items():
            text = text.replace("{" + key + "}", value)
        return text

    def buttons(self, name: str) -> list[dict[str, str]]:
        """The choices that response ``name`` offers."""
        texts = self._responses.get(self._localised(name)) or self._responses[name]
        return list(texts[0].get("buttons") or [])

    def category_labels(self) -> dict[str, str]:
        """Category code -> the words for it, inside a sentence."""
        labels = {}
        for name in self._responses:
            code = name.removeprefix(_CATEGORY_PREFIX)
            if name.startswith(_CATEGORY_PREFIX) and not code.endswith("_en"):
                labels[code] = self.text(name)
        return labels

    def points(self, points: int) -> str:
        """ "0 point", "1 point", "1 250 points": French is plural from two up."""
        name = "utter_points_one" if abs(points) < 2 else "utter_points_many"
        return self.text(name, points=f"{points:,}".replace(",", _NARROW_SPACE))

    def people(self, count: int) -> str:
        """ "une personne", "3 personnes"."""
        if count < 2:
            return self.text("utter_one_person")
        return self.text("utter_many_people", count=str(count))

    def delay(self, *, target_hours: int, clock: str) -> str:
        """A target in words: hours on the ``always`` clock, days of 24 h on the ``working`` one."""
        if clock != "working":
            return self.text("utter_delay_hours", hours=str(target_hours))
        days = max(1, round(target_hours / 24))
        name = "utter_delay_working_day" if days == 1 else "utter_delay_working_days"
        return self.text(name, days=str(days))

    def day(self, moment: str | date | datetime) -> str:
        """ "mardi 3 mars"; a moment (ISO 8601) is read in Europe/Paris."""
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment.replace("Z", "+00:00"))
        if isinstance(moment, datetime):
            moment = moment.astimezone(PARIS).date()
        pattern = "EEEE d MMMM" if self.locale == "fr" else "EEEE, d MMMM"
        return str(format_date(moment, pattern, locale=self.locale))

    def hour(self, moment: str) -> str:
        """ "18 h 30", "18 h"; English: "18:30". A moment (ISO 8601) is read in Europe/Paris."""
        at = datetime.fromisoformat(moment.replace("Z", "+00:00")).astimezone(PARIS)
        if self.locale != "fr":
            return f"{at:%H:%M}"
        return f"{at.hour} h {at:%M}" if at.minute else f"{at.hour} h"

    def _localised(self, name: str) -> str:
        return name if self.locale == "fr" else f"{name}_{self.locale}"


def sentence_case(text: str) -> str:
    """First letter up, the rest untouched."""
    return text[:1].upper() + text[1:]


def inside_sentence(text: str) -> str:
    """First letter down, the rest untouched."""
    return text[:1].lower() + text[1:]


def as_buttons(titles: Iterable[str]) -> list[dict[str, str]]:
    """Choices whose payload is what is shown."""
    return [{"title": title, "payload": title} for title in titles]


def commune_with_preposition(commune: str, locale: str = "fr") -> str:
    """ "à Marseille", "au Rove", "aux Pennes-Mirabeau", "à La Ciotat"; English: "in Marseille"."""
    if locale != "fr":
        return f"in {commune}"
    if commune.startswith("Le "):
        return "au " + commune.removeprefix("Le ")
    if commune.startswith("Les "):
        return "aux " + commune.removeprefix("Les ")
    return "à " + commune


def plain(text: str) -> str:
    """Lower case, no accents, straight apostrophes, single spaces: to compare what people wrote."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("\u2019", "'"))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split()).strip(" .!?")
