"""The life of an article, as a table."""

from __future__ import annotations

from django.db.models import TextChoices


class State(TextChoices):
    """Only what is published is found while talking and said by the assistant."""

    DRAFT = "draft", "Brouillon"
    PUBLISHED = "published", "Publié"
    ARCHIVED = "archived", "Archivé"


class Act(TextChoices):
    """What happened to it."""

    CREATED = "created", "Écrit"
    CHANGED = "changed", "Changé"
    REVIEWED = "reviewed", "Relu"
    PUBLISHED = "published", "Publié"
    WITHDRAWN = "withdrawn", "Remis en brouillon"
    ARCHIVED = "archived", "Archivé"
    RESTORED = "restored", "Version reprise"


STEPS: dict[tuple[str, str], State] = {
    (State.DRAFT, Act.PUBLISHED): State.PUBLISHED,
    (State.ARCHIVED, Act.WITHDRAWN): State.DRAFT,
    (State.PUBLISHED, Act.WITHDRAWN): State.DRAFT,
    (State.PUBLISHED, Act.ARCHIVED): State.ARCHIVED,
    (State.DRAFT, Act.ARCHIVED): State.ARCHIVED,
}
