"""Who votes: what a consultation asks of residents' identity."""

import uuid

from agent_console.citizens.addresses import NUMBER_KINDS
from agent_console.citizens.models import ContactPoint, ProofHow, Recognition
from agent_console.citizens.recognition import Level, level_at
from agent_console.citizens.selectors import links_of, resident_current, residents_same

# A number shows who may be speaking; a vote takes a proof of the last half hour.
NEEDED = Level.POINTS


def voter_at(*, contact_point: ContactPoint) -> uuid.UUID | None:
    """The verified resident who has just proved to speak at a contact point, or ``None``.

    A browser session or a chat account is trusted with what was earned there, but anybody opens
    as many as they like: to vote, the person must have proved to hold a phone.
    """
    resident_id = contact_point.resident_id
    if resident_id is None or not _has_proved_phone(resident_id):
        return None
    if level_at(contact_point=contact_point) < NEEDED:
        return None
    return resident_current(resident_id=resident_id).pk


def numbers_of(*, resident_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Every number under which this person was ever known: merged residents have one vote."""
    return residents_same(resident_id=resident_id)


def _has_proved_phone(resident_id: uuid.UUID) -> bool:
    phones = links_of(resident_id=resident_id).filter(contact_point__kind__in=NUMBER_KINDS)
    if not phones.exists():
        return False
    by_code = Recognition.objects.filter(resident=resident_id, how=ProofHow.CODE)
    return phones.filter(verified_at__isnull=False).exists() or by_code.exists()
