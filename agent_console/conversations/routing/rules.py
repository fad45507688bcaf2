"""The rules in force, and waking the job that follows them."""

from datetime import datetime

from .. import queue
from .models import AssignmentRules


def rules() -> AssignmentRules:
    """The defaults until a supervisor has changed them: nothing is assigned by itself."""
    return AssignmentRules.objects.first() or AssignmentRules()


def assign_soon(*, at: datetime | None = None) -> None:
    """Have conversations offered (at ``at``); part of the caller's transaction.

    Nothing while nobody switched it on.  The job runs every minute anyway.
    """
    if rules().is_automatic:
        queue.enqueue_assign(at=at)
