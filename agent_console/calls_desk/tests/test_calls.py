"""A call from the number to its end: who calls, one request once, agreements, timers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agent_console.calls_desk import services
from agent_console.calls_desk.callers import caller_of
from agent_console.calls_desk.models import Call, NumberKind
from agent_console.citizens.errors import ConsentMissing
from agent_console.citizens.models import ContactPoint, WalletConsent
from agent_console.citizens.services import (
    contact_at,
    contact_opt_out,
    resident_of_contact,
    wallet_assign,
)
from agent_console.conversations.models import Message, Notice
from agent_console.conversations.services import receive_message
from agent_console.intake import access
from agent_console.redemptions.spelling import spelled
from agent_console.reports.models import Report, ReportReward, Support
from agent_console.staff.models import Act, AuditEntry

from .calling import URL, answer_call, draft_of, form_of, page_of
from .conftest import LANDLINE, MOBILE

pytestmark = pytest.mark.usefixtures("metropolis")


def test_a_new_caller_files_a_report_with_sms_and_points(desk: Client, sms_on: None) -> None:
    call = answer_call(desk)
    page = desk.get(page_of(call)).text
    assert "Nouvel appelant" in page
    assert not ContactPoint.objects.exists()  # looking up a number leaves nothing
    sent = form_of(call, sms="on", wallet="yes")
    response = desk.post(page_of(call), sent, follow=True)
    made = Report.objects.get()
    assert (made.channel, made.on_behalf) == ("phone", "self")
    assert made.created_by is not None
    assert made.created_by.username == "standard"
    assert ReportReward.objects.get().report == made
    answer = WalletConsent.objects.get()
    assert (answer.resident, answer.answer, answer.by, answer.channel, answer.actor) == (
        made.resident,
        "agreed",
        "operator",
        "phone",
        made.created_by,
    )
    told = Message.objects.get()
    assert told.channel == "sms"
    assert made.reference_display in told.text
    assert made.conversation == told.conversation
    assert f'data-testid="reference">{made.reference_display}<' in response.text
    assert "Confirmation envoyée" in response.text
    assert spelled(made.reference)[0] in response.text
    again = desk.post(page_of(call), sent, follow=True)  # a double click, a lost answer
    assert made.reference_display in again.text
    assert (Report.objects.count(), Notice.objects.count()) == (1, 1)


def test_who_refuses_points_has_a_report_all_the_same_and_is_not_asked_again(
    desk: Client,
) -> None:
    call = answer_call(desk)
    assert "à demander une seule fois" in desk.get(page_of(call)).text
    desk.post(page_of(call), form_of(call, wallet="no"))
    made = Report.objects.get()
    assert made.resident is not None
    with pytest.raises(ConsentMissing, match="wallet_refused"):
        wallet_assign(resident_id=made.resident.pk)
    again = answer_call(desk)
    page = desk.get(page_of(again)).text
    assert made.reference_display in page
    assert "ne pas reposer la question" in page
    assert "à demander une seule fois" not in page
    desk.post(page_of(again), form_of(again, wallet="yes", address="80 rue de Rome"))
    assert [one.answer for one in WalletConsent.objects.all()] == ["refused"]


def test_a_number_put_right_during_the_call_has_an_answer_of_its_own(desk: Client) -> None:
    call = answer_call(desk)
    desk.post(page_of(call), form_of(call, wallet="no"))
    services.call_number_set(call_id=call.pk, number="06 98 76 54 32")
    services.draft_add(call_id=call.pk)
    desk.post(page_of(call), form_of(call, wallet="yes", address="80 rue de Rome"))
    first, second = WalletConsent.objects.order_by("id")
    assert (first.answer, second.answer) == ("refused", "agreed")
    assert first.resident != second.resident


def test_silence_is_no_agreement_and_somebody_elses_report_earns_the_caller_nothing(
    desk: Client, sms_on: None
) -> None:
    call = answer_call(desk)
    desk.post(page_of(call), form_of(call))
    made = Report.objects.get()
    assert made.resident is not None
    with pytest.raises(ConsentMissing, match="wallet_unasked"):  # the reward waits for a yes
        wallet_assign(resident_id=made.resident.pk)
    assert not Message.objects.exists()
    call = answer_call(desk)
    other = form_of(call, wallet="yes", sms="on", on_behalf="relative", address="80 rue de Rome")
    desk.post(page_of(call), other)
    theirs = Report.objects.get(on_behalf="relative")
    assert theirs.resident is not None
    assert theirs.resident != made.resident
    with pytest.raises(ConsentMissing, match="wallet_unasked"):
        wallet_assign(resident_id=theirs.resident.pk)


@pytest.mark.parametrize("without", ["withheld", "unknown"])
def test_without_a_number_the_report_is_as_good(desk: Client, sms_on: None, without: str) -> None:
    response = desk.post(URL, {"without": without}, follow=True)
    call = Call.objects.get()
    assert (call.number_kind, call.number_sealed) == (without, None)
    assert "Sans numéro, pas de SMS ni de points" in response.text
    desk.post(page_of(call), form_of(call, sms="on", wallet="yes"))
    made = Report.objects.get()
    assert (made.resident, made.conversation, made.channel) == (None, None, "phone")
    assert not ReportReward.objects.exists()
    assert not ContactPoint.objects.exists()


def test_a_number_given_during_the_call_finds_the_caller(desk: Client) -> None:
    known = answer_call(desk)
    desk.post(page_of(known), form_of(known))
    call = answer_call(desk, "")
    draft = draft_of(call)
    desk.post(f"{URL}brouillons/{draft.pk}/enregistrer/", form_of(call, version="0"))
    page = desk.post(f"{page_of(call)}numero/", {"number": "+33 6 12 34 56 78"}, follow=True).text
    assert "Appelant connu" in page
    assert "Un gros nid-de-poule" in page  # the draft is still there
    assert Report.objects.get().reference_display in page
    wrong = desk.post(f"{page_of(call)}numero/", {"number": "12"}, follow=True).text
    assert "pas un numéro de téléphone complet" in wrong


def test_a_landline_and_a_number_that_said_stop_get_no_sms(desk: Client, sms_on: None) -> None:
    call = answer_call(desk, LANDLINE)
    assert "Ligne fixe" in desk.get(page_of(call)).text
    desk.post(page_of(call), form_of(call, sms="on"))
    stopped = contact_at(kind="sms", address=MOBILE)  # type: ignore[arg-type]
    contact_opt_out(contact_point_id=stopped.pk)
    call = answer_call(desk)
    assert "ne plus recevoir de SMS" in desk.get(page_of(call)).text
    desk.post(page_of(call), form_of(call, sms="on", address="80 rue de Rome"))
    assert Report.objects.count() == 2
    assert not Notice.objects.exists()


@pytest.mark.parametrize("number", ["", "12", "bonjour", "06 12 34 56 78 90"])
def test_what_is_no_number_is_refused_in_words(desk: Client, number: str) -> None:
    response = desk.post(URL, {"number": number})
    assert response.status_code == 422
    assert "numéro" in response.text
    assert not Call.objects.exists()


def test_the_caller_is_shown_with_all_that_they_did_in_few_queries(
    desk: Client, agent: User, report: Report
) -> None:
    point = contact_at(kind="sms", address=MOBILE, locale="en")  # type: ignore[arg-type]
    resident = resident_of_contact(contact_point_id=point.pk)
    said = receive_message(contact_point=point, external_id="SM1", text="Merci beaucoup")
    Report.objects.filter(pk=report.pk).update(resident=resident, conversation=said.conversation)
    before = services.call_open(agent=agent, kind=NumberKind.GIVEN, number=MOBILE)
    services.call_wrap(call_id=before.pk, code="follow_up", note="Rappeler mardi")  # type: ignore[arg-type]
    call = answer_call(desk)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        caller = caller_of(call)
    assert len(queries) == 11
    assert caller.resident == resident
    assert (caller.language, caller.open_reports, caller.speakers) == ("anglais", 1, [])
    page = desk.get(page_of(call)).text
    for expected in (
        "06 •• •• •• 78",
        report.reference_display,
        "Merci beaucoup",
        "Rappeler mardi",
        "Suivi d’une demande",
        "anglais",
    ):
        assert expected in page
    assert "06 12 34 56 78" not in page
    assert "06 12 34 56 78" in desk.post(f"{page_of(call)}numero/afficher/").text
    looks = [(one.act, one.resident) for one in AuditEntry.objects.filter(subject=call.pk)]
    assert looks == [(Act.NUMBER, resident.pk), (Act.CALL, resident.pk)]
    assert "data-points" in page  # a button: nothing about points is asked or shown before
    assert "Disponibles" not in page


def test_a_caller_is_counted_with_a_report_that_is_there(
    desk: Client, report: Report, sms_on: None
) -> None:
    call = answer_call(desk)
    sent = form_of(call, attach=report.reference, sms="on", wallet="no")
    page = desk.post(page_of(call), sent, follow=True).text
    assert "L’appelant est rattaché au signalement" in page
    assert report.reference_display in page
    support = Support.objects.get()
    assert support.resident is not None
    assert WalletConsent.objects.get(resident=support.resident).answer == "refused"
    assert Report.objects.count() == 1
    assert "Vous suivez le signalement" in Message.objects.get(author="system").text


def test_near_reports_and_questions_come_before_anything_is_stored(
    desk: Client, report: Report
) -> None:
    call = answer_call(desk)
    page = desk.post(page_of(call), form_of(call, asked=""))
    assert "pas encore enregistrée" in page.text
    assert "De quel côté de la rue" in page.text
    assert f'name="seen" value="{report.reference}"' in page.text
    assert Report.objects.count() == 1
    desk.post(page_of(call), form_of(call, seen=report.reference))
    assert Report.objects.count() == 2


def test_a_refused_form_keeps_its_draft(desk: Client) -> None:
    call = answer_call(desk)
    page = desk.post(page_of(call), form_of(call, commune="Paris", position="ici"))
    assert page.status_code == 422
    assert "une latitude et une longitude, ou rien" in page.text
    assert "Un gros nid-de-poule" in desk.get(page_of(call)).text


def test_talk_and_wrap_are_timed_and_the_next_call_follows(desk: Client) -> None:
    call = answer_call(desk)
    Call.objects.filter(pk=call.pk).update(started_at=timezone.now() - timedelta(seconds=50))
    desk.post(page_of(call), form_of(call))
    desk.post(f"{page_of(call)}raccroche/")
    desk.post(f"{page_of(call)}raccroche/")
    missing = desk.post(f"{page_of(call)}cloture/", {"code": ""})
    assert missing.status_code == 422
    assert "Choisissez un motif." in missing.text
    page = desk.post(
        f"{page_of(call)}cloture/", {"code": "report", "note": " Rue étroite "}, follow=True
    )
    assert page.redirect_chain == [(URL, 302)]
    call.refresh_from_db()
    assert (call.wrap_code, call.note) == ("report", "Rue étroite")
    assert call.talk_seconds is not None
    assert 50 <= call.talk_seconds < 60
    assert call.wrap_seconds is not None


def test_another_request_of_the_same_caller(desk: Client) -> None:
    call = answer_call(desk)
    desk.post(page_of(call), form_of(call))
    desk.post(f"{page_of(call)}autre/")
    desk.post(page_of(call), form_of(call, address="80 rue de Rome"))
    page = desk.get(page_of(call)).text
    for made in Report.objects.all():
        assert made.reference_display in page
    assert Report.objects.values("resident").distinct().count() == 1


def test_a_call_is_its_agents_own_and_needs_the_permission(
    desk: Client, make_user: Callable[..., User]
) -> None:
    call = answer_call(desk)
    draft = draft_of(call)
    other = Client()
    other.force_login(make_user("collegue", access.ADD_REPORTS))
    for path in (page_of(call), f"{URL}brouillons/{draft.pk}/abandonner/"):
        assert other.post(path, {"key": str(draft.pk)}).status_code == 404
    other.force_login(make_user("lecteur", access.VIEW_REPORTS))
    assert other.get(URL).status_code == 403
    assert other.post(f"{URL}propositions/", {"description": "x"}).status_code == 403
