"""What an agent who left was holding goes back to the queue."""

from datetime import datetime

from django.contrib.auth.models import User

from ..models import Conversation
from .presence import held_by_the_absent
from .taking import conversation_release

_AT_ONCE_MAX = 500


def absent_release(*, now: datetime) -> int:
    """Release what the absent hold, one transaction each; how many.

    Run again after a crash it finds what is left.
    """
    held = held_by_the_absent(now=now).values_list("pk", "holder_id")[:_AT_ONCE_MAX]
    return _release(list(held))


def signed_out_release(*, user: User) -> int:
    """Release what somebody holds who leaves; how many."""
    return _release(list(Conversation.objects.filter(holder=user).values_list("pk", "holder_id")))


def _release(held: list[tuple[object, int | None]]) -> int:
    return sum(
        conversation_release(conversation_id=pk, holder_id=holder_id)  # type: ignore[arg-type]
        for pk, holder_id in held
    )
