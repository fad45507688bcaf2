"""Who signs in: the holder of a phone, or whom an OpenID provider vouches for."""

from django.db import transaction

from agent_console.citizens.links import contact_link, contact_new_holder, contact_speaks
from agent_console.citizens.models import ContactPoint, LinkHow, Resident
from agent_console.citizens.selectors import contact_links, is_dormant, resident_current
from agent_console.citizens.services import resident_of_contact
from agent_console.digests import keyed_digest

from .models import OpenIdSubject


def must_choose(*, contact_point: ContactPoint) -> list[Resident]:
    """Whom the holder of a proved phone may be, when that is not clear: several share it, or nobody
    proved it for long.  Empty: it is clear."""
    links = list(contact_links(contact_point=contact_point))
    if len(links) > 1 or is_dormant(contact_point=contact_point):
        return [link.resident for link in links]
    return []


@transaction.atomic
def holder_signs_in(
    *, contact_point: ContactPoint, chosen: Resident | None, is_new: bool = False
) -> Resident:
    """The resident who holds a proved phone.

    ``chosen``: of several, who they say they are.  ``is_new``: nobody who was known there, so they
    begin anew: on a shared phone beside the others, on a dormant one instead of them.  Raises
    ``ContactUnlinked``.
    """
    if is_new:
        if is_dormant(contact_point=contact_point):
            return contact_new_holder(contact_point_id=contact_point.pk)
        resident = Resident.objects.create()
    elif chosen is not None:
        resident = contact_speaks(contact_point_id=contact_point.pk, resident_id=chosen.pk)
    else:
        resident = resident_of_contact(contact_point_id=contact_point.pk)
    contact_link(
        contact_point_id=contact_point.pk,
        resident=resident,
        how=LinkHow.CODE,
        is_verified=True,
    )
    return resident


@transaction.atomic
def subject_signs_in(*, issuer: str, sub: str, acr: str) -> Resident:
    """The resident whom the provider means, created on first need.

    Nothing of the claims is kept but a keyed digest of issuer and subject, and how sure the
    provider was.
    """
    digest = keyed_digest(domain="openid", text=f"{issuer}\0{sub}")
    subject = OpenIdSubject.objects.select_related("resident").filter(digest=digest).first()
    if subject is None:
        subject, _ = OpenIdSubject.objects.get_or_create(
            digest=digest, defaults={"resident": Resident.objects.create(), "acr": acr[:32]}
        )
    return resident_current(resident_id=subject.resident_id)


@transaction.atomic
def subject_attach(*, issuer: str, sub: str, acr: str, resident: Resident) -> bool:
    """Whoever is signed in is also this subject; false when that is somebody else already."""
    digest = keyed_digest(domain="openid", text=f"{issuer}\0{sub}")
    subject, _ = OpenIdSubject.objects.get_or_create(
        digest=digest, defaults={"resident": resident, "acr": acr[:32]}
    )
    return resident_current(resident_id=subject.resident_id) == resident
