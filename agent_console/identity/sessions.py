"""Portal sessions: a secret in a cookie of its own, kept apart from colleagues' sessions.

The cookie is sent to ``/mon-espace/`` only and scripts can't read it; the database holds
its digest.
"""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from agent_console.citizens.models import ContactPoint, ProofHow, Resident
from agent_console.citizens.recognition import Level, level_after
from agent_console.citizens.selectors import resident_current

from .models import PortalSession, SignedInBy

COOKIE = "mdmp_espace"
PATH = "/mon-espace/"
LASTS = timedelta(hours=12)  # since the sign-in
IDLE = timedelta(hours=1)
_TOUCH_EVERY = timedelta(minutes=1)  # one write a minute is enough to know who is idle


@transaction.atomic
def session_open(
    *, resident: Resident, contact_point: ContactPoint | None, how: SignedInBy
) -> tuple[PortalSession, str]:
    """A session and the secret of its cookie; the caller has seen the proof."""
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    session = PortalSession.objects.create(
        resident=resident,
        contact_point=contact_point,
        token_digest=_digest(token),
        how=how,
        proved_at=now,
        seen_at=now,
    )
    return session, token


def session_of(request: HttpRequest) -> PortalSession | None:
    """The request's session, whose resident is whom they are now after merges; else ``None``."""
    token = request.COOKIES.get(COOKIE, "")
    if not token or len(token) > 64:
        return None
    now = timezone.now()
    session = (
        PortalSession.objects.select_related("contact_point")
        .filter(
            token_digest=_digest(token),
            ended_at=None,
            created_at__gt=now - LASTS,
            seen_at__gt=now - IDLE,
        )
        .first()
    )
    if session is None:
        return None
    session.resident = resident_current(resident_id=session.resident_id)
    if now - session.seen_at > _TOUCH_EVERY:
        PortalSession.objects.filter(pk=session.pk).update(seen_at=now)
    return session


def session_level(session: PortalSession, *, now: datetime | None = None) -> Level:
    """What the session may do now: reading lasts as long as it does, spending needs a fresh proof.

    A page behind a cookie of its own is no number that can be forged.
    """
    at = now or timezone.now()
    fresh = [level_after(how=ProofHow.CODE, at=session.proved_at, now=at)]
    if session.pin_at is not None:
        fresh.append(level_after(how=ProofHow.PIN, at=session.pin_at, now=at))
    return max(Level.POINTS, *fresh)


@transaction.atomic
def session_proved(*, session: PortalSession, how: ProofHow) -> None:
    """A fresh proof; the caller has seen it."""
    field = "pin_at" if how is ProofHow.PIN else "proved_at"
    PortalSession.objects.filter(pk=session.pk).update(**{field: timezone.now()})


@transaction.atomic
def session_end(*, session: PortalSession) -> None:
    """Sign out here."""
    PortalSession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=timezone.now())


@transaction.atomic
def sessions_end(*, resident_ids: frozenset[uuid.UUID]) -> int:
    """Sign out everywhere; the number of sessions that were open."""
    return PortalSession.objects.filter(resident__in=resident_ids, ended_at=None).update(
        ended_at=timezone.now()
    )


def cookie_give(response: HttpResponse, token: str) -> None:
    """Set the session's cookie; ``Lax``, because a provider's redirect must bring it along."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LASTS.total_seconds()),
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def cookie_take(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
