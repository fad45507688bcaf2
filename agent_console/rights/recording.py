"""What was done about somebody's data, for whoever has to account for it."""

import uuid

from django.contrib.auth.models import User
from django.db import transaction

from agent_console.citizens.models import ChannelCode
from agent_console.citizens.selectors import resident_current

from .models import ActKind, RightsAct


@transaction.atomic
def act_record(
    *, resident_id: uuid.UUID, kind: ActKind, channel: ChannelCode, actor: User | None = None
) -> None:
    """Keep an act; ``actor``: the colleague who did it."""
    current = resident_current(resident_id=resident_id)
    RightsAct.objects.create(resident=current.pk, kind=kind, channel=channel, actor=actor)


def acts_of(*, resident_id: uuid.UUID) -> list[RightsAct]:
    """The newest first."""
    return list(RightsAct.objects.filter(resident=resident_id).select_related("actor")[:50])
