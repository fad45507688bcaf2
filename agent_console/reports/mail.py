"""E-mail to colleagues and other bodies: only when a server is configured.

Nothing of a citizen goes out but what is in the street: no name, no number, no conversation.
"""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from .models import Forward, ForwardState, OnCallPage


def is_mail_on() -> bool:
    """Whether e-mail can be sent at all (``EMAIL_URL``)."""
    return bool(settings.IS_EMAIL_ON)


def said_at_start() -> list[str]:
    """What is off for lack of a setting, for whoever starts the worker."""
    lines = []
    if not is_mail_on():
        lines.append("E-mail is off (EMAIL_URL is not set): forwards wait for an agent's hand.")
    if not (is_mail_on() and settings.ONCALL_EMAIL):
        lines.append("On-call e-mail is off (EMAIL_URL, ONCALL_EMAIL): alarms show in the console.")
    return lines


def page_mail(*, page_id: int, level: int) -> bool:
    """Write to people on call; False when that is off or somebody took it up meanwhile.

    Raises ``OSError`` (``SMTPException`` is one) to be tried again.
    """
    page = OnCallPage.objects.select_related("report__category", "report__commune").get(pk=page_id)
    if not (is_mail_on() and settings.ONCALL_EMAIL) or page.ended_at is not None:
        return False
    report = page.report
    _send(
        to=settings.ONCALL_EMAIL,
        template="oncall",
        context={
            "report": report,
            "level": level,
            "address": f"{settings.PUBLIC_BASE_URL}/console/reports/{report.reference}/",
        },
    )
    return True


def forward_mail(*, forward_id: int) -> bool:
    """Write to the competent body; False when it was handed over meanwhile.  Raises ``OSError``."""
    forward = Forward.objects.select_related("body", "report__category", "report__commune").get(
        pk=forward_id
    )
    if forward.state != ForwardState.QUEUED:
        return False
    answers = {
        question.label_fr: question.answer_label(forward.report.answers[question.code])
        for question in forward.report.category.questions.all()
        if question.code in forward.report.answers
    }
    _send(
        to=forward.body.email,
        template="forward",
        context={"report": forward.report, "body": forward.body, "answers": answers},
    )
    return True


def _send(*, to: str, template: str, context: dict[str, object]) -> None:
    """The template's first line is the subject."""
    text = render_to_string(f"reports/mail/{template}.txt", context).strip()
    subject, _, body = text.partition("\n")
    EmailMessage(subject=subject, body=body.strip() + "\n", to=[to]).send()
