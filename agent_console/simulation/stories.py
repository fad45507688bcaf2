"""What becomes of one report: its steps through the product's own workflow, up to today."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random
from statistics import NormalDist

from agent_console.conversations.models import QuietHours
from agent_console.conversations.quiet import quiet_hours, quiet_until
from agent_console.french_days import is_public_holiday
from agent_console.places.models import Commune
from agent_console.reports.clocks import Hours, deadline
from agent_console.reports.competence import competent_body
from agent_console.reports.deadlines import due_rule, service_hours
from agent_console.reports.models import (
    Body,
    Category,
    Clock,
    CompetenceRule,
    DeadlineOverride,
    QuestionKind,
    Service,
)
from agent_console.reports.workflow import CLOSED, STEPS, State

from .city import CategoryProfile, City, Duration, Weighted
from .planning import TALKED, Planned

_NOBODY = -1
_APART = timedelta(seconds=20)
_LANDMARK_SHARE = 0.3
_REQUIRED_SHARE, _ANSWERED_SHARE = 0.9, 0.4


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a report's history; ``actor`` is a colleague's number or -1."""

    at: datetime
    source: str
    target: State
    action: str
    reason_code: str
    reason: str
    actor: int


@dataclass(slots=True)
class Story:
    """A report as it stands on the last day."""

    due_at: datetime | None
    service: str
    steps: list[Step] = field(default_factory=list)
    closed_at: datetime | None = None
    duplicate_of: int = -1
    # What its author answered to "C'est réglé ?": when, and whether it is.
    answers: list[tuple[datetime, bool]] = field(default_factory=list)

    @property
    def state(self) -> State:
        return self.steps[-1].target

    def step(self, action: str) -> Step | None:
        """The first step by this action."""
        return next((step for step in self.steps if step.action == action), None)


class Rules:
    """What the database says of deadlines, services and competence, each thing read once."""

    def __init__(self) -> None:
        self.categories = {row.pk: row for row in Category.objects.prefetch_related("questions")}
        self.communes = {row.pk: row for row in Commune.objects.select_related("parent")}
        self.services = {row.pk: row for row in Service.objects.order_by("pk")}
        self.hours: Hours = service_hours()
        self._is_holiday = cache(is_public_holiday)
        self._quiet: QuietHours = quiet_hours()
        self._named: set[str | None] = {
            *DeadlineOverride.objects.values_list("commune_id", flat=True),
            *CompetenceRule.objects.values_list("commune_id", flat=True),
        }
        self._dues: dict[tuple[str, str], tuple[str, int]] = {}
        self._bodies: dict[tuple[str, str], Body | None] = {}

    def due(self, category: str, insee: str) -> tuple[str, int]:
        """Clock and hours that hold there."""
        key = category, self._like(insee)
        if key not in self._dues:
            rule = due_rule(category=self.categories[category], commune=self.communes[insee])
            self._dues[key] = rule.clock, rule.target_hours
        return self._dues[key]

    def body(self, category: str, insee: str) -> Body | None:
        """Who is competent there."""
        key = category, self._like(insee)
        if key not in self._bodies:
            self._bodies[key] = competent_body(
                category=self.categories[category], commune=self.communes[insee]
            )
        return self._bodies[key]

    def _like(self, insee: str) -> str:
        """What stands for a commune in rules: itself, what it lies in, or any that none names."""
        parent = self.communes[insee].parent_id
        return next((code for code in (insee, parent) if code in self._named and code), "")

    def told_at(self, at: datetime, channel: str) -> datetime:
        """When a notice of what happened then is sent: quiet hours are kept."""
        at += timedelta(seconds=2)
        if channel in self._quiet.silent_channels:
            return at
        return quiet_until(at, self._quiet) or at

    def after(self, start: datetime, hours: float, clock: str) -> datetime | None:
        """When so many hours of a clock have passed; a thousandth of a second is the least."""
        return deadline(
            start,
            target_hours=max(hours, 1e-3),
            clock=clock,
            hours=self.hours,
            is_holiday=self._is_holiday,
        )


class Teller:
    """Tells what becomes of reports; the same report always gets the same story."""

    def __init__(self, *, city: City, seed: int, now: datetime, rules: Rules) -> None:
        self.city = city
        self.now = now
        self.rules = rules
        self.rejections = Weighted.of(city.rejections)
        self.services = list(rules.services)
        self._seed = seed

    def random_of(self, report: Planned, topic: str) -> Random:
        """Chance that is the report's own: nobody else's draws change it."""
        return Random(f"{self._seed} {report.number} {topic}")  # noqa: S311 - a simulation

    def story(self, report: Planned) -> Story:
        """What becomes of it; what would lie ahead of now has not happened."""
        random = self.random_of(report, "story")
        clock, hours = self.rules.due(report.category, report.street.insee)
        story = Story(
            due_at=self.rules.after(report.at, hours, clock),
            service=self.rules.categories[report.category].service_id,
        )
        actor = self._colleague(random) if report.is_staffed else _NOBODY
        story.steps.append(Step(report.at, "", State.RECEIVED, "", "", "", actor))
        _Course(self, report, story, random, clock, hours).run()
        return story

    def words(self, report: Planned) -> tuple[str, str]:
        """What it says, and the landmark beside its address, which may be missing."""
        words, random = self.city.words, self.random_of(report, "words")
        where = random.choice(words.landmarks)
        subject = random.choice(words.subjects[report.category])
        detail = random.choice(words.details)
        text = random.choice(words.told if report.is_staffed else words.written).format(
            subject=subject,
            Subject=_capital(subject),
            where=where,
            since=random.choice(words.since),
            detail=detail,
            Detail=_capital(detail),
        )
        return text, where if random.random() < _LANDMARK_SHARE else ""

    def answers(self, report: Planned) -> dict[str, str]:
        """Choices that were made among the category's questions."""
        random = self.random_of(report, "questions")
        return {
            question.code: random.choice(question.choices)["code"]
            for question in self.rules.categories[report.category].questions.all()
            if question.kind == QuestionKind.CHOICE
            and random.random() < (_REQUIRED_SHARE if question.is_required else _ANSWERED_SHARE)
        }

    def _colleague(self, random: Random) -> int:
        return random.randrange(self.city.colleagues)


class _Course:
    """One report's way; every method returns whether it went on before now."""

    def __init__(
        self, teller: Teller, report: Planned, story: Story, random: Random, clock: str, hours: int
    ) -> None:
        self._city, self._rules, self._now = teller.city, teller.rules, teller.now
        self._rejections, self._services = teller.rejections, teller.services
        self._report, self._story, self._random = report, story, random
        self._clock, self._hours = clock, hours
        self._profile: CategoryProfile = self._city.categories[report.category]

    def run(self) -> None:
        fate = self._random.random()
        decided = self._after(self._report.at, _drawn(self._random, self._city.validation))
        if self._report.original >= 0:
            if self._step(decided, "mark_duplicate"):
                self._story.duplicate_of = self._report.original
        elif fate < self._profile.rejected:
            self._reject(decided)
        elif self._step(decided, "validate"):
            is_forgotten = fate < self._profile.rejected + self._profile.forgotten
            self._work(decided, start=self._report.at, is_forgotten=is_forgotten)

    def _work(self, validated: datetime, *, start: datetime, is_forgotten: bool) -> None:
        assigned = self._after(validated, _drawn(self._random, self._city.assignment))
        if not self._assign(assigned):
            return
        assigned = self._last  # a wrong service first: later than was drawn
        if is_forgotten:
            return
        resolved = self._resolution(start, assigned)
        begun = assigned + (resolved - assigned) * self._random.uniform(0.4, 0.97)
        if self._clock == Clock.WORKING:
            begun = min(self._after(begun, 0.0), resolved - _APART)
        if not (self._step(begun, "start") and self._step(resolved, "resolve")):
            return
        self._answer()

    def _assign(self, at: datetime) -> bool:
        right = self._story.service
        if self._random.random() < self._city.wrong_service:
            self._story.service = self._random.choice(
                [code for code in self._services if code != right]
            )
            back = self._after(at, _drawn(self._random, self._city.validation))
            words = self._random.choice(self._city.words.wrong_service_reasons)
            if not (self._step(at, "assign") and self._step(back, "wrong_service", words)):
                return False
            self._story.service = right
            at = self._after(back, _drawn(self._random, self._city.assignment))
        return self._step(at, "assign")

    def _resolution(self, start: datetime, assigned: datetime) -> datetime:
        """After the deadline in as many cases as the category's share says."""
        spread = self._city.resolution_spread
        on_time = min(max(1 - self._profile.late, 1e-3), 1 - 1e-3)
        middle = -spread * NormalDist().inv_cdf(on_time)
        share = math.exp(self._random.gauss(middle, spread))
        earliest = self._after(assigned, self._random.uniform(0.7, 3))
        return max(self._after(start, share * self._hours), earliest)

    def _answer(self) -> None:
        """Whether it is solved: a person who writes answers, one who phoned calls again.

        Nobody answers before they were asked, which quiet hours may put off.
        """
        random, words = self._random, self._city.words
        is_talk = self._report.channel in TALKED
        asked = self._rules.told_at(self._last, self._report.channel) if is_talk else self._last
        later = asked + timedelta(hours=random.uniform(0.2, 60))
        if random.random() >= self._city.reopened:
            if is_talk and random.random() < self._city.confirmed and later <= self._now:
                self._story.answers.append((later, True))
            return
        if is_talk:
            if self._step(later, "dispute"):
                self._story.answers.append((later, False))
        else:
            later = self._after(later, 0.5)
            self._step(later, "reopen", random.choice(words.reopen_reasons))
        if self._story.state == State.QUALIFIED:
            self._story.due_at = self._rules.after(later, self._hours, self._clock)
            self._work(later, start=later, is_forgotten=False)

    def _reject(self, at: datetime) -> None:
        code = self._rejections.draw(self._random)
        words = self._random.choice(self._city.words.rejection_details)
        if code == "other" and not words:
            words = self._city.words.rejection_details[-1]
        self._step(at, "reject", words, code)

    @property
    def _last(self) -> datetime:
        """When the last step was taken."""
        return self._story.steps[-1].at

    def _step(self, at: datetime, action: str, reason: str = "", code: str = "") -> bool:
        at = max(at, self._last + _APART)  # nothing happens before, or with, what it follows
        if at > self._now:
            return False
        source, step = self._story.state, STEPS[action]
        if source not in step.sources:
            raise AssertionError(f"{action} from {source}")
        # A citizen's own answer has no colleague.
        actor = self._random.randrange(self._city.colleagues) if step.permission else _NOBODY
        self._story.steps.append(Step(at, source, step.target, action, code, reason, actor))
        self._story.closed_at = at if step.target in CLOSED else None
        return True

    def _after(self, start: datetime, hours: float) -> datetime:
        # Services that never open do nothing: what would be done lies beyond any day.
        found = self._rules.after(start, hours, self._clock)
        return found if found is not None else self._now + timedelta(days=3660)


def _drawn(random: Random, duration: Duration) -> float:
    return random.lognormvariate(math.log(duration.median_hours), duration.spread)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
