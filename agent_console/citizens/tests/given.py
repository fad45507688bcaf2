"""What tests of something else need of a resident."""

import uuid

from agent_console.citizens.consents import Said, consent_answer
from agent_console.citizens.models import ChannelCode, ConsentAnswer, Resident


def agreed(resident: Resident) -> Resident:
    """The resident, who wants points."""
    consent_answer(resident_id=resident.pk, said=Said(ConsentAnswer.AGREED, ChannelCode.WEB))
    resident.refresh_from_db()
    return resident


def with_wallet(wallet_id: uuid.UUID | None = None) -> Resident:
    """Somebody who wants points and has a wallet."""
    return agreed(Resident.objects.create(wallet_id=wallet_id or uuid.uuid4()))
