"""Who joins a simulated report: authors of duplicates, and neighbours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .planning import TALKED, Author, Planned
from .stories import Story, Teller

_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Joined:
    """One support of the report ``original``; ``author`` is -1 for a caller whom nobody knows."""

    original: int
    author: int
    channel: str
    came_from: int  # the supporter's own report, when it was a duplicate; else -1
    at: datetime
    ended_at: datetime | None
    actor: int  # the colleague who wrote it down, or -1


class Supporters:
    """Draws them; each person supports a report once, and nobody their own."""

    def __init__(self, *, teller: Teller, planned: Sequence[Planned], authors: Sequence[Author]):
        self._teller, self._planned = teller, planned
        self._near: dict[str, list[Author]] = defaultdict(list)
        for author in authors:
            self._near[planned[author.reports[0]].street.insee].append(author)
        self._authors = authors
        self._duplicates: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
        self._seen: set[tuple[int, int]] = set()

    def of(self, report: Planned, story: Story) -> Iterator[Joined]:
        """What this report brings: its author to the report it repeats, neighbours to itself."""
        if story.duplicate_of >= 0:
            yield from self._author_of(report, story)
            return
        random = self._teller.random_of(report, "supporters")
        profile = self._teller.city.supporters
        last = min(story.closed_at or self._teller.now, report.at + timedelta(days=10))
        share = profile.joined
        while random.random() < share:
            at = report.at + (last - report.at) * random.random() ** 2
            near = self._near.get(report.street.insee)
            author = random.choice(near) if near and random.random() < profile.known else None
            if author is not None and not self._is_new(report.number, author.number):
                continue
            is_talk = author is not None and author.channel in TALKED
            ended = None
            if random.random() < profile.withdrawn:
                ended = at + (last - at) * random.random()
            yield Joined(
                original=report.number,
                author=author.number if author else _NOBODY,
                channel=author.channel if is_talk and author else "phone",
                came_from=-1,
                at=at,
                ended_at=ended,
                actor=_NOBODY if is_talk else random.randrange(self._teller.city.colleagues),
            )
            share = profile.more

    def _author_of(self, report: Planned, story: Story) -> Iterator[Joined]:
        """The author of a duplicate follows the report that is kept."""
        step = story.step("mark_duplicate")
        if step is None or report.author < 0 or not self._is_new(story.duplicate_of, report.author):
            return
        yield Joined(
            original=story.duplicate_of,
            author=report.author,
            channel=report.channel,
            came_from=report.number,
            at=step.at,
            ended_at=None,
            actor=step.actor,
        )

    def _is_new(self, original: int, author: int) -> bool:
        if self._planned[original].author == author or (original, author) in self._seen:
            return False
        self._seen.add((original, author))
        return True
