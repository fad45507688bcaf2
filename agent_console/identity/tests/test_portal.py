"""A resident signs in by a code, sees what is theirs and nothing else, and leaves."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agent_console.citizens.codes import phone_contact
from agent_console.citizens.limits import PER_CONTACT
from agent_console.citizens.links import contact_share
from agent_console.citizens.models import ContactLink, ContactPoint, OneTimeCode, Pin, Resident
from agent_console.citizens.services import resident_of_contact
from agent_console.citizens.tests.conftest import Phones
from agent_console.identity.models import PortalSession
from agent_console.identity.sessions import COOKIE, IDLE
from agent_console.reports.models import Report

from .conftest import Browser

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "06 12 34 56 78"
HOME = "/mon-espace/"


def page(browser: Browser) -> str:
    answer = browser.get(HOME)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def test_a_code_opens_the_space_and_only_a_cookie_of_its_own(
    browser: Browser, phones: Phones
) -> None:
    assert browser.get(HOME)["Location"] == "/mon-espace/connexion/"
    assert browser.sign_in(NUMBER, phones) == HOME
    assert "Mes points" in page(browser)
    cookie = browser.cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (HOME, True, "Lax")
    assert cookie.value.encode() not in bytes(PortalSession.objects.get().token_digest)
    assert not Session.objects.exists()
    assert browser.get("/console/").status_code == 302


def test_own_reports_and_nobody_elses(browser: Browser, phones: Phones, report: Report) -> None:
    browser.sign_in(NUMBER, phones)
    assert report.reference_display not in page(browser)
    Report.objects.update(resident=Resident.objects.get(sessions__isnull=False))
    assert report.reference_display in page(browser)


def test_known_and_unknown_numbers_get_the_same_answer(browser: Browser, phones: Phones) -> None:
    known = phone_contact(number=NUMBER)
    resident_of_contact(contact_point_id=known.pk)
    phone_contact(number="06 98 76 54 32")
    answers = []
    for number in (NUMBER, "06 98 76 54 32"):
        with CaptureQueriesContext(connection) as asked:
            answer = Browser().post("/mon-espace/connexion/", {"phone": number})
        statements = [query["sql"].split(" ")[0] for query in asked.captured_queries]
        answers.append((answer.status_code, answer["Location"], answer.content, statements))
    assert answers[0] == answers[1]


def test_guessing_ends(browser: Browser, phones: Phones) -> None:
    browser.ask(NUMBER)
    code = phones.code_of(OneTimeCode.objects.get().pk)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(6):
        answer = browser.post("/mon-espace/connexion/code/", {"code": wrong})
        assert answer.status_code == 422
    assert browser.post("/mon-espace/connexion/code/", {"code": code}).status_code == 422
    assert not PortalSession.objects.exists()


def test_asking_too_often_is_refused_for_known_and_unknown_alike(phones: Phones) -> None:
    resident_of_contact(contact_point_id=phone_contact(number=NUMBER).pk)
    said = []
    for place, number in enumerate((NUMBER, "06 98 76 54 32")):
        for ask in range(PER_CONTACT[0].most):
            Browser(REMOTE_ADDR=f"192.0.2.{10 * place + ask}").ask(number)
        answer = Browser(REMOTE_ADDR=f"192.0.2.{place + 100}").post(
            "/mon-espace/connexion/", {"phone": number}
        )
        said.append((answer.status_code, "Trop de codes" in answer.content.decode()))
    assert said == [(422, True), (422, True)]


@pytest.mark.parametrize("number", ["", "12", "bonjour", "0899 70 00 00"])
def test_what_gets_no_code_is_said(browser: Browser, phones: Phones, number: str) -> None:
    answer = browser.post("/mon-espace/connexion/", {"phone": number})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_who_shares_a_phone_is_asked(browser: Browser, phones: Phones) -> None:
    contact = phone_contact(number=NUMBER)
    first = resident_of_contact(contact_point_id=contact.pk)
    contact_share(contact_point_id=contact.pk)
    assert browser.sign_in(NUMBER, phones) == "/mon-espace/connexion/qui/"
    assert browser.get("/mon-espace/connexion/qui/").status_code == 200
    assert browser.get(HOME).status_code == 302
    assert browser.post("/mon-espace/connexion/qui/", {"who": "x"}).status_code == 422
    answer = browser.post("/mon-espace/connexion/qui/", {"who": str(first.pk)})
    assert answer["Location"] == HOME
    assert PortalSession.objects.get().resident == first


def test_a_number_of_long_ago_may_have_a_new_holder(browser: Browser, phones: Phones) -> None:
    contact = phone_contact(number=NUMBER)
    old = resident_of_contact(contact_point_id=contact.pk)
    ContactLink.objects.update(since=timezone.now() - timedelta(days=400))
    browser.sign_in(NUMBER, phones)
    browser.post("/mon-espace/connexion/qui/", {"who": "new"})
    assert PortalSession.objects.get().resident != old
    assert ContactLink.objects.get(resident=old).ended_how == "new_holder"


def test_a_contact_is_detached_and_attached_again(browser: Browser, phones: Phones) -> None:
    browser.sign_in(NUMBER, phones)
    assert "SMS … 78" in page(browser)
    assert "12345678" not in page(browser)
    link = ContactLink.objects.get()
    answer = browser.post(f"/mon-espace/contacts/{link.pk}/detacher/")
    assert "Annuler" in browser.get(answer["Location"]).content.decode()
    assert ContactPoint.objects.get().resident is None
    browser.post(f"/mon-espace/contacts/{link.pk}/rattacher/")
    assert ContactPoint.objects.get().resident is not None


def test_other_peoples_contacts_are_out_of_reach(browser: Browser, phones: Phones) -> None:
    other = phone_contact(number="06 98 76 54 32")
    resident_of_contact(contact_point_id=other.pk)
    link = ContactLink.objects.get()
    browser.sign_in(NUMBER, phones)
    assert browser.post(f"/mon-espace/contacts/{link.pk}/detacher/").status_code == 409
    link.refresh_from_db()
    assert link.ended_at is None


def test_a_pin_takes_a_fresh_code_and_opens_again(browser: Browser, phones: Phones) -> None:
    browser.sign_in(NUMBER, phones)
    answer = browser.post("/mon-espace/code-secret/", {"action": "set", "pin": "1234"})
    assert answer.status_code == 422
    browser.post("/mon-espace/code-secret/", {"action": "set", "pin": "2580"})
    PortalSession.objects.update(proved_at=timezone.now() - timedelta(minutes=11))
    answer = browser.post("/mon-espace/code-secret/", {"action": "set", "pin": "2581"})
    assert answer.status_code == 403
    answer = browser.post("/mon-espace/code-secret/", {"action": "check", "pin": "2581"})
    assert answer.status_code == 422
    browser.post("/mon-espace/code-secret/", {"action": "check", "pin": "2580"})
    browser.post("/mon-espace/code-secret/", {"action": "remove"})
    assert not Pin.objects.exists()


def test_sessions_end_when_idle_here_and_everywhere(phones: Phones) -> None:
    one, two = Browser(), Browser(REMOTE_ADDR="192.0.2.9")
    one.sign_in(NUMBER, phones)
    two.sign_in(NUMBER, phones)
    one.post("/mon-espace/deconnexion/")
    assert (one.get(HOME).status_code, two.get(HOME).status_code) == (302, 200)
    one.sign_in(NUMBER, phones)
    two.post("/mon-espace/deconnexion/", {"everywhere": "1"})
    assert one.get(HOME).status_code == 302
    OneTimeCode.objects.all().delete()
    one.sign_in(NUMBER, phones)
    PortalSession.objects.update(seen_at=timezone.now() - IDLE)
    assert one.get(HOME).status_code == 302


def test_only_the_wallet_asks_for_the_age_and_no_date(browser: Browser, phones: Phones) -> None:
    browser.sign_in(NUMBER, phones)
    assert "avez-vous 15" in page(browser)
    for answer, wish, is_adult in (("no", "refused", False), ("yes", "agreed", True)):
        browser.post("/mon-espace/accord/", {"answer": answer})
        assert f'data-wish="{wish}"' in page(browser)
        assert (Resident.objects.get().adult_enough_at is not None) == is_adult
    browser.post("/mon-espace/accord/", {"answer": "no"})
    assert 'data-wish="withdrawn"' in page(browser)
    assert browser.post("/mon-espace/accord/", {}).status_code == 422
