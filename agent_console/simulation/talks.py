"""What was said in a conversation: the intakes of its reports, and what was told afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random

from agent_console.conversations.models import Author
from agent_console.references import format_reference
from agent_console.reports.notices import notice_text
from agent_console.reports.workflow import STEPS, State

from .marks import Kind, marked
from .planning import Planned
from .stories import Rules, Story, Teller

_REFERENCE = "000-000-000"  # in a text that is rendered once, the place of the true one
_ORIGINAL = "111-111-111"


@dataclass(frozen=True, slots=True)
class Said:
    """One message; ``turn`` is the turn that it begins, with the intent that was understood."""

    at: datetime
    author: Author
    text: str
    external_id: str
    turn: uuid.UUID | None = None
    intent: str = ""
    notice: str = ""  # the cause, when it was a notice


class Talks:
    """Makes the messages of conversations."""

    def __init__(self, *, teller: Teller, rules: Rules, planned: list[Planned], now: datetime):
        self._teller, self._rules, self._planned, self._now = teller, rules, planned, now
        self._notice = cache(self._notice_render)

    def messages(self, reports: list[Planned]) -> list[Said]:
        """Everything said with one author, in time's order."""
        found: list[Said] = []
        for report in reports:
            story = self._teller.story(report)
            found += self._intake(report)
            found += self._notices(report, story)
            found += self._answers(report, story)
        return sorted(found, key=lambda said: said.at)

    def _intake(self, report: Planned) -> Iterator[Said]:
        city, random = self._teller.city, self._teller.random_of(report, "talk")
        description, place = self._teller.words(report)
        commune = self._rules.communes[report.street.insee].name
        category = self._rules.categories[report.category].label_fr
        where = f"{report.house} {report.street.name}, {commune}" + (f", {place}" if place else "")
        exchange = [
            (description, "report_issue", f"C’est noté : {category}. Où est-ce exactement ?"),
            (where, "inform", f"Je note : {category}, {where}. C’est bien cela ?"),
            (
                random.choice(city.words.yes),
                "affirm",
                f"Merci ! Votre signalement {format_reference(report.reference)} est transmis au "
                f"service {self._rules.services[self._service(report)].label}.",
            ),
        ]
        if random.random() < 0.4:
            hello = "Bonjour ! Que voulez-vous signaler ?"
            exchange.insert(0, (random.choice(city.words.greetings), "greet", hello))
        at = report.at - timedelta(seconds=45 * (len(exchange) - 1))
        for place_in_talk, (said, intent, answer) in enumerate(exchange):
            yield from _turn(random, report, place_in_talk, at, said, intent, answer)
            at += timedelta(seconds=45)

    def _service(self, report: Planned) -> str:
        return self._rules.categories[report.category].service_id

    def _notices(self, report: Planned, story: Story) -> Iterator[Said]:
        seen: dict[State, int] = {}
        mark = marked(Kind.REPORT, report.number)
        for step in story.steps:
            seen[step.target] = nth = seen.get(step.target, 0) + 1
            name = STEPS[step.action].notice if step.action else ""
            if not name:
                continue
            at = self._rules.told_at(step.at, report.channel)
            if at > self._now:
                continue
            cause = f"report:{mark}:{step.target}" + (f":{nth}" if nth > 1 else "")
            text = self._notice(
                name, report.category, self._service(report), step.reason_code, step.reason
            ).replace(_REFERENCE, format_reference(report.reference))
            if story.duplicate_of >= 0:
                original = self._planned[story.duplicate_of].reference
                text = text.replace(_ORIGINAL, format_reference(original))
            yield Said(at, Author.SYSTEM, text, f"{cause}:0", notice=cause)

    def _notice_render(
        self, name: str, category: str, service: str, reason_code: str, reason: str
    ) -> str:
        chosen = ""
        if reason_code:
            chosen = notice_text("rejection_reason", locale="fr", context={"code": reason_code})
        return notice_text(
            name,
            locale="fr",
            context={
                "reference": _REFERENCE,
                "category": self._rules.categories[category].label_fr,
                "points": 0,
                "reason": " – ".join(part for part in (chosen, reason) if part),
                "service": self._rules.services[service].label,
                "original": _ORIGINAL,
            },
        )

    def _answers(self, report: Planned, story: Story) -> Iterator[Said]:
        words, random = self._teller.city.words, self._teller.random_of(report, "answers")
        for nth, (at, is_solved) in enumerate(story.answers):
            said = random.choice(words.solved if is_solved else words.unsolved)
            answer = "Merci de votre réponse." if is_solved else "C’est noté : nous le rouvrons."
            yield from _turn(
                random, report, 50 + nth, at, said, "affirm" if is_solved else "deny", answer
            )


def _turn(
    random: Random, report: Planned, place: int, at: datetime, said: str, intent: str, answer: str
) -> Iterator[Said]:
    turn = marked(Kind.TURN, report.number * 100 + place)
    yield Said(at, Author.CITIZEN, said, f"simulation:{report.number}:{place}", turn, intent)
    later = at + timedelta(seconds=random.uniform(0.6, 2.5))
    yield Said(later, Author.BOT, answer, f"turn:{turn}:0")
