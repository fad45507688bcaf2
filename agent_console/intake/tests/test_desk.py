"""The desk: taking, answering, noting, handing on, in pages with and without htmx."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agent_console.citizens.models import ChannelCode
from agent_console.citizens.services import contact_at, resident_of_contact
from agent_console.conversations.desk.models import (
    DeskEntry,
    Draft,
    ReplyTemplate,
    Team,
    WaitingReason,
)
from agent_console.conversations.desk.waiting import person_asked
from agent_console.conversations.models import Author, Conversation, Handler, Message
from agent_console.conversations.services import receive_message
from agent_console.intake import access
from agent_console.reports.models import Report

HTMX = {"HX-Request": "true"}
AGENT = (access.VIEW_CONVERSATIONS, access.ANSWER_CONVERSATIONS)


@pytest.fixture
def sign_in(make_user: Callable[..., User]) -> Callable[..., Client]:
    def signed(name: str, *permissions: str) -> Client:
        client = Client()
        client.force_login(make_user(name, *(permissions or AGENT)))
        return client

    return signed


@pytest.fixture
def camille(sign_in: Callable[..., Client]) -> Client:
    return sign_in("camille")


def at(conversation: Conversation, step: str = "") -> str:
    return f"/console/conversations/{conversation.pk}/{step}"


def asks(conversation: Conversation) -> None:
    person_asked(conversation, reason=WaitingReason.ASKED)


def take(client: Client, conversation: Conversation) -> str:
    return client.post(at(conversation, "take/"), follow=True).text


def send(
    client: Client, conversation: Conversation, text: str, *, htmx: bool = True, **changed: object
) -> HttpResponse:
    conversation.refresh_from_db()
    data = {"key": uuid.uuid4(), "seen": conversation.last_seq, "text": text} | changed
    return client.post(at(conversation, "reply/"), data, headers=HTMX if htmx else {})  # type: ignore[return-value]


def test_one_takes_it_and_the_other_reads_who_was_faster(
    camille: Client, sign_in: Callable[..., Client], conversation: Conversation
) -> None:
    asks(conversation)
    page = camille.get("/console/conversations/?shown=unassigned").text
    assert page.count('data-testid="desk-row"') == 1
    assert "1&nbsp;en attente" in page
    assert "demande une personne" in camille.get(at(conversation)).text
    nadia = sign_in("nadia")
    assert "Vous répondez maintenant" in take(camille, conversation)
    assert "camille l’a déjà." in take(nadia, conversation)
    assert "camille répond" in nadia.get(at(conversation, "standing/")).text
    assert 'name="seen"' not in nadia.get(at(conversation)).text
    assert "camille l’a déjà." in nadia.post(at(conversation, "hand-back/"), follow=True).text
    assert "en attente" not in nadia.get("/console/parts/queue/").text
    done = camille.post(
        at(conversation, "hand-back/"), {"summary": "Votre bac arrive mardi."}, follow=True
    ).text
    assert "L’assistant répond de nouveau." in done
    assert "En résumé : Votre bac arrive mardi." in done
    assert "Rendue à l’assistant par camille" in done


def test_without_the_right_one_reads_and_does_nothing(
    sign_in: Callable[..., Client], conversation: Conversation
) -> None:
    reader = sign_in("lecteur", access.VIEW_CONVERSATIONS)
    assert "Répondre moi-même" not in reader.get(at(conversation)).text
    for step in ("take/", "hand-back/", "transfer/", "reply/", "draft/", "template/", "note/"):
        assert reader.post(at(conversation, step)).status_code == 403
    assert reader.get("/console/conversations/settings/").status_code == 403
    assert reader.post(at(conversation, "presence/")).status_code == 200
    stranger = sign_in("autre", access.VIEW_REPORTS)
    for path in ("", "standing/", "desk/", "person/"):
        assert stranger.get(at(conversation, path)).status_code == 403
    assert stranger.get("/console/conversations/").status_code == 403
    conversation.refresh_from_db()
    assert conversation.handler == Handler.BOT


@pytest.mark.parametrize("htmx", [True, False])
def test_a_reply_that_comes_twice_is_one_and_what_was_missed_is_shown_first(
    camille: Client, conversation: Conversation, htmx: bool
) -> None:
    take(camille, conversation)
    conversation.refresh_from_db()
    seen, key = conversation.last_seq, uuid.uuid4()
    receive_message(
        contact_point=conversation.contact_point, external_id="x:1", text="Ah non, rue <Rome>"
    )
    refused = send(camille, conversation, "J’envoie une équipe.", key=key, seen=seen, htmx=htmx)
    assert refused.status_code == (200 if htmx else 409)
    assert "Quelque chose a été dit depuis" in refused.text
    missed = refused.text.split('data-testid="missed"')[1]
    assert "Ah non, rue &lt;Rome&gt;" in missed
    assert "J’envoie une équipe.</textarea>" in refused.text
    assert f'name="key" value="{key}"' in refused.text
    assert f'name="seen" value="{seen + 1}"' in refused.text
    assert not Message.objects.filter(author=Author.AGENT).exists()
    for _ in range(2):  # a double click, or an answer that was lost
        sent = send(camille, conversation, "J’envoie une équipe.", key=key, htmx=htmx)
        assert sent.status_code == (200 if htmx else 302)
    assert Message.objects.get(author=Author.AGENT).text == "J’envoie une équipe."
    assert "J’envoie une équipe.</textarea>" not in camille.get(at(conversation)).text
    assert "Agent · camille" in camille.get(at(conversation, "timeline/")).text


def test_what_can_not_be_sent_says_why_and_stays(
    camille: Client, sign_in: Callable[..., Client], conversation: Conversation
) -> None:
    take(camille, conversation)
    assert "Écrivez d’abord" in send(camille, conversation, "  ").text
    assert "trop long" in send(camille, conversation, "x" * 2001).text
    left = send(camille, conversation, "Votre {reference} avance.").text
    assert "Complétez « {reference} »" in left
    assert camille.post(at(conversation, "reply/"), {"text": "a"}).status_code == 400
    manager = sign_in("chef", *AGENT, access.MANAGE_DESK)
    chef = User.objects.get(username="chef")
    moved = manager.post(at(conversation, "transfer/"), {"to": f"user:{chef.pk}"}, follow=True)
    assert "La conversation est transmise." in moved.text
    late = send(camille, conversation, "Je reviens vers vous.").text
    assert "chef l’a déjà." in late
    assert "Je reviens vers vous." in late.split('data-testid="kept-draft"')[1]


def test_a_draft_outlives_a_reload_and_is_previewed(
    camille: Client, conversation: Conversation
) -> None:
    Conversation.objects.update(channel="sms")
    conversation.refresh_from_db()
    take(camille, conversation)
    key = uuid.uuid4()
    draft = {"key": key, "text": "C’est noté… à bientôt"}
    part = camille.post(at(conversation, "draft/"), draft, headers=HTMX).text
    assert "1&nbsp;SMS, 23&nbsp;signes" in part
    assert "C&#x27;est noté... à bientôt" in part
    assert "Brouillon gardé" in part
    page = camille.get(at(conversation)).text
    assert "C’est noté… à bientôt</textarea>" in page
    assert f'value="{key}"' in page
    costly = camille.post(at(conversation, "draft/"), {"key": key, "text": "ê" * 71}).text
    assert "2&nbsp;SMS" in costly
    assert "Un signe rare" in costly
    camille.post(at(conversation, "draft/"), {"key": key, "text": ""})
    assert not Draft.objects.exists()


def test_the_forms_are_left_alone_while_nothing_changes_hands(
    camille: Client, conversation: Conversation
) -> None:
    take(camille, conversation)
    assert camille.get(at(conversation, "desk/?fence=1")).status_code == 204
    assert "Votre réponse" in camille.get(at(conversation, "desk/?fence=0"), headers=HTMX).text


def test_templates_are_a_supervisors_and_are_filled_in(
    sign_in: Callable[..., Client], camille: Client, report: Report
) -> None:
    manager = sign_in("chef", *AGENT, access.MANAGE_DESK)
    new = "/console/settings/replies/add/"
    wrong = manager.post(new, {"name": "Suivi", "text": "Le {machin}", "locale": "fr"})
    assert "Cette variable n’existe pas" in wrong.text
    text = "Votre signalement {reference}, {lieu}, avance. {conseiller}"
    fields = {"name": "Suivi", "text": text, "locale": "fr", "is_active": "on"}
    assert "enregistré" in manager.post(new, fields, follow=True).text
    made = ReplyTemplate.objects.get()
    assert made.name in manager.get("/console/conversations/settings/").text
    edited = f"/console/settings/replies/{made.pk}/"
    seen = re.search(r'name="seen" value="(\w+)"', manager.get(edited).text)
    assert seen is not None
    manager.post(edited, fields | {"name": "Suivi du signalement", "seen": seen[1]})
    assert "Suivi → Suivi du signalement" in manager.get(edited).text
    conversation = report.conversation
    assert conversation is not None
    User.objects.filter(username="camille").update(first_name="Camille")
    take(camille, conversation)
    assert "Suivi du signalement" in camille.get(at(conversation)).text
    data = {"key": uuid.uuid4(), "text": "Bonjour,", "template": made.pk}
    part = camille.post(at(conversation, "template/"), data, headers=HTMX).text
    wanted = f"Bonjour,\n\nVotre signalement {report.reference_display}, {report.place_label}"
    assert f"{wanted}, avance. Camille</textarea>" in part
    assert Draft.objects.get().text.startswith(wanted)
    none = camille.post(at(conversation, "template/"), data | {"template": ""}, headers=HTMX)
    assert "Choisissez d’abord" in none.text


def test_handed_to_a_team_that_a_supervisor_made(
    sign_in: Callable[..., Client], camille: Client, conversation: Conversation
) -> None:
    manager = sign_in("chef", *AGENT, access.MANAGE_DESK)
    member = User.objects.get(username="camille")
    new = "/console/conversations/settings/teams/new/"
    manager.post(new, {"name": "Propreté", "members": [member.pk]})
    team = Team.objects.get()
    assert "Propreté" in manager.get("/console/conversations/settings/").text
    assert "Choisissez un collègue" not in take(camille, conversation)
    wrong = camille.post(at(conversation, "transfer/"), {"to": "team:0"}, follow=True)
    assert "Choisissez un collègue ou une équipe" in wrong.text
    data = {"to": f"team:{team.pk}", "text": "Bac <cassé>"}
    page = camille.post(at(conversation, "transfer/"), data, follow=True).text
    assert "Transmise à l’équipe Propreté" in page
    assert "Bac &lt;cassé&gt;" in page
    row = camille.get("/console/conversations/?shown=unassigned").text
    assert "Équipe Propreté" in row


def test_a_note_is_seen_by_colleagues_once(camille: Client, conversation: Conversation) -> None:
    data = {"key": uuid.uuid4(), "text": "Personne âgée, parler <lentement>"}
    for _ in range(2):
        page = camille.post(at(conversation, "note/"), data, follow=True).text
    assert page.count("parler &lt;lentement&gt;") == 1
    assert "Note interne de camille, non envoyée" in page
    assert DeskEntry.objects.count() == 1
    assert (
        "Écrivez d’abord"
        in camille.post(
            at(conversation, "note/"), {"key": uuid.uuid4(), "text": " "}, follow=True
        ).text
    )


def test_colleagues_see_each_other(
    camille: Client, sign_in: Callable[..., Client], conversation: Conversation
) -> None:
    camille.post(at(conversation, "presence/"), {"typing": "1", "active": "1"})
    part = sign_in("nadia").post(at(conversation, "presence/")).text
    assert re.search(r"camille\s+écrit…", part)


def test_the_list_filters_and_finds_by_word_reference_and_number(
    camille: Client, report: Report
) -> None:
    contact = contact_at(kind=ChannelCode.SMS, address="06 12 34 56 78")
    receive_message(contact_point=contact, external_id="sms:1", text="Des encombrants traînent")
    sms = Conversation.objects.get(contact_point=contact)

    def rows(query: str) -> set[str]:
        page = camille.get(f"/console/parts/desk/?{query}").text
        return set(re.findall(r'data-conversation="([^"]+)"', page))

    assert len(rows("")) == 2
    assert rows("channel=sms") == rows("q=encombrant") == rows("q=TRAINENT") == {str(sms.pk)}
    assert rows("q=%2B33612345678") == rows("q=06+12+34+56+78") == {str(sms.pk)}
    assert rows(f"q={report.reference_display}") == {str(report.conversation_id)}
    assert rows("q=lampadaire") == rows("shown=mine") == rows("shown=late") == set()
    assert rows("shown=nonsense&before=x") == rows("")
    asks(sms)
    Conversation.objects.filter(pk=sms.pk).update(
        waiting_since=timezone.now() - timedelta(minutes=11)
    )
    assert rows("shown=late") == rows("shown=waiting") == {str(sms.pk)}
    assert "en retard" in camille.get("/console/parts/desk/?shown=late").text


def test_pages_of_the_list_follow_each_other_in_a_bounded_number_of_queries(
    camille: Client, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CaptureQueriesContext(connection) as one_row:
        camille.get("/console/conversations/")
    for number in range(3):
        contact = contact_at(kind=ChannelCode.SMS, address=f"06 12 34 56 7{number}")
        receive_message(contact_point=contact, external_id=f"sms:{number}", text="Un trou")
    with CaptureQueriesContext(connection) as four_rows:
        camille.get("/console/conversations/")
    assert len(four_rows) == len(one_row)
    monkeypatch.setattr("agent_console.intake.views.desk.LIMIT", 3)
    first = camille.get("/console/conversations/").text
    assert first.count('data-testid="desk-row"') == 3
    following = re.search(r'href="([^"]+)">Suivantes', first)
    assert following is not None
    second = camille.get(following[1].replace("&amp;", "&")).text
    assert second.count('data-testid="desk-row"') == 1
    assert str(conversation.pk) in second


def test_one_persons_channels_are_one_timeline(camille: Client, conversation: Conversation) -> None:
    resident = resident_of_contact(contact_point_id=conversation.contact_point_id)
    contact = contact_at(kind=ChannelCode.SMS, address="06 12 34 56 78")
    receive_message(contact_point=contact, external_id="sms:1", text="Et par SMS")
    assert "Et par SMS" not in camille.get(at(conversation, "person/")).text
    type(contact).objects.filter(pk=contact.pk).update(resident=resident)
    page = camille.get(at(conversation, "person/")).text
    assert page.index("Bonjour") < page.index("Et par SMS")
    assert page.count('data-testid="history-message"') == 2
