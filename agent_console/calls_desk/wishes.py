"""What a caller answers about points, said on the phone and written down by an operator."""

from __future__ import annotations

from django.contrib.auth.models import User

from agent_console.citizens.consents import Said, Wish, consent_answer, consent_of
from agent_console.citizens.models import ChannelCode, ConsentAnswer, ConsentBy, Resident

from .models import Call

# Nobody is asked twice; who was asked elsewhere and did not answer may still say it here.
OPEN = frozenset({Wish.UNASKED, Wish.ASKED})


def wish_record(*, resident: Resident, agrees: bool, call: Call, actor: User) -> None:
    """Keep an answer, unless there is one; part of the CALLER's transaction."""
    if consent_of(resident_id=resident.pk).wish not in OPEN:
        return
    consent_answer(
        resident_id=resident.pk,
        said=Said(
            ConsentAnswer.AGREED if agrees else ConsentAnswer.REFUSED,
            ChannelCode.PHONE,
            by=ConsentBy.OPERATOR,
            actor=actor,
            key=f"call:{call.pk}:{resident.pk}",  # the number may be put right during a call
        ),
    )
