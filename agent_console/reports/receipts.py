"""Where a report's receipt is: a page for whoever was given its address."""

from django.conf import settings

from .models import Body, BodyKind, Report


def receipt_address(report: Report) -> str:
    """The address says nothing of the report and can't be guessed."""
    return f"{settings.PUBLIC_BASE_URL}/signalements/{report.receipt_key}/"


def contact_body(report: Report) -> Body | None:
    """Who is to be reached about a report: the body in charge, else the Metropolis."""
    if report.body is not None and report.body.door:
        return report.body
    return Body.objects.filter(kind=BodyKind.METROPOLIS).exclude(phone="", web="").first()
