"""Completes where a report is: an address gets its position, a position its commune.

A job of its own, after the intake: a geocoder that is slow or away must hold up no report.
"""

import uuid

from django.db import transaction

from agent_console.places.geocoding.port import Precision
from agent_console.places.models import Commune
from agent_console.places.selectors import Resolution, place_resolve, place_reverse

from .announcing import announce_report
from .competence import competent_body
from .deadlines import due_at
from .models import Report
from .outages import outage_attach_new
from .workflow import CLOSED

# Below, a street with a similar name may be meant: an agent's eye is better than a wrong pin.
_SURE = 0.8
_PRECISE = frozenset({Precision.NUMBER, Precision.INTERPOLATED, Precision.STREET})


class GeocoderAway(Exception):
    """The geocoder gave no usable answer; the job that asked it is run again later."""


def is_located(report: Report) -> bool:
    """Whether position and commune are both known."""
    return report.latitude is not None and report.commune_id is not None


def report_locate(*, report_id: uuid.UUID) -> bool:
    """Find what is missing of an open report's place; False when nothing more is known of it.

    The geocoder is asked outside of any transaction; ONE transaction then holds the position, the
    commune and what depends on it, unless somebody has said meanwhile where it is.  Running it
    again finds it done.  Raises ``GeocoderAway``: to be run again later.
    """
    report = Report.objects.select_related("commune").get(pk=report_id)
    if is_located(report) or report.state in CLOSED:
        return False
    found = _resolve(report)
    if found.degraded:
        raise GeocoderAway
    changed = _complete(report_id, found)
    if changed:
        # After that transaction, for locks are taken outage first.  Lost in a crash, the report is
        # still offered on the outage's page.
        outage_attach_new(
            report=Report.objects.select_related("category", "commune").get(pk=report_id)
        )
    return changed


def _resolve(report: Report) -> Resolution:
    if report.latitude is not None and report.longitude is not None:
        return place_reverse(latitude=report.latitude, longitude=report.longitude)
    return place_resolve(
        text=report.address or report.place,
        commune=report.commune.name if report.commune else report.postcode,
    )


@transaction.atomic
def _complete(report_id: uuid.UUID, found: Resolution) -> bool:
    report = Report.objects.select_for_update(of=("self",)).get(pk=report_id)
    if is_located(report) or report.state in CLOSED:
        return False
    changed = any([_position(report, found), _commune(report, found.commune)])
    if changed:
        report.save(update_fields=["latitude", "longitude", "commune", "body", "due_at"])
        announce_report(report)
    return changed


def _position(report: Report, found: Resolution) -> bool:
    place = found.place
    if report.latitude is not None or place is None or found.ambiguous:
        return False
    if place.precision not in _PRECISE or place.score < _SURE or place.latitude is None:
        return False
    report.latitude, report.longitude = place.latitude, place.longitude
    return True


def _commune(report: Report, commune: Commune | None) -> bool:
    """A commune where there was none, or the arrondissement of the city that was named.

    Who is competent and until when may depend on it.
    """
    is_closer = commune is not None and commune.parent_id == report.commune_id
    if commune is None or not (report.commune_id is None or is_closer):
        return False
    report.commune = commune
    report.body = competent_body(category=report.category, commune=commune)
    report.due_at = due_at(category=report.category, commune=commune, start=report.created_at)
    return True
