"""The steps on a report's page, the inbox's filters, the alarm bar and the forwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.citizens.services import contact_opt_out
from agent_console.conversations.models import Conversation
from agent_console.conversations.services import notice_send
from agent_console.intake.steps import CONSOLE_STEPS
from agent_console.reports.intake import Intake
from agent_console.reports.models import Forward, OnCallPage, Report
from agent_console.reports.outages import CLOSE
from agent_console.reports.services import report_create
from agent_console.reports.workflow import STEPS
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

EVERY = [
    "reports.view_report",
    "reports.acknowledge_page",
    *sorted({step.permission for step in CONSOLE_STEPS.values()}),
]


@pytest.fixture
def chief(client: Client, make_user: Callable[..., User]) -> Client:
    client.force_login(make_user("chief", *EVERY))
    return client


def _do(console: Client, report: Report, action: str, **body: str) -> str:
    address = f"/console/reports/{report.reference}/steps/{action}/"
    return console.post(address, body, follow=True).text


def _make(conversation: Conversation, key: str, **values: str) -> Report:
    given = {"category_code": "pothole", "address": "12 rue Paradis", "commune": "Marseille"}
    intake = Intake(conversation=conversation, **(given | values))  # type: ignore[arg-type]
    return report_create(intake_key=f"test:{key}", intake=intake)


def test_every_step_of_agents_stands_on_the_page() -> None:
    agents_steps = {action for action, step in STEPS.items() if step.permission}
    assert agents_steps - {CLOSE} <= set(CONSOLE_STEPS)  # an outage has a page of its own


def test_a_report_goes_through_its_life_at_the_console(chief: Client, report: Report) -> None:
    _do(chief, report, "validate")
    assert "confié" in _do(chief, report, "assign", service_code="eau")
    _do(chief, report, "start")
    page = _do(chief, report, "resolve", reason="Rebouché")
    assert "Rebouché" in page
    assert 'data-state="resolved"' in page
    page = _do(chief, report, "reopen", reason="Revenu")
    assert 'data-state="qualified"' in page
    page = _do(chief, report, "decline", reason_code="private_ground")
    assert "Le problème est sur un terrain privé" in page


def test_each_step_needs_its_permission(
    client: Client, make_user: Callable[..., User], report: Report
) -> None:
    for number, (action, step) in enumerate(CONSOLE_STEPS.items()):
        others = [code for code in EVERY if code != step.permission]
        client.force_login(make_user(f"agent{number}", *others))
        page = client.get(f"/console/reports/{report.reference}/").text
        assert f'data-testid="{action}-report"' not in page
        address = f"/console/reports/{report.reference}/steps/{action}/"
        assert client.post(address).status_code == 403
    report.refresh_from_db()
    assert report.state == "received"


def test_forms_keep_what_was_typed_and_say_what_is_missing(chief: Client, report: Report) -> None:
    for action, body, said in [
        ("reject", {"reason_code": "other"}, "Indiquez le motif du rejet."),
        ("mark_duplicate", {"original": "123"}, "Aucun signalement ne porte cette référence."),
        ("forward", {"body_code": "nobody"}, "Choisissez un organisme de la liste."),
        ("recategorise", {"category_code": "nothing"}, "Choisissez une catégorie de la liste."),
    ]:
        page = _do(chief, report, action, **body)
        assert said in page
        assert "<title>Erreur" in page
    assert chief.post(f"/console/reports/{report.reference}/steps/nothing/").status_code == 404


def test_duplicates_lead_to_each_other(
    chief: Client, report: Report, conversation: Conversation
) -> None:
    other = _make(conversation, "other")
    page = _do(chief, report, "mark_duplicate", original=other.reference_display)
    assert f'href="/console/reports/{other.reference}/"' in page
    assert report.reference_display in chief.get(f"/console/reports/{other.reference}/").text


def test_the_page_shows_what_was_answered_and_when_it_is_due(chief: Client, report: Report) -> None:
    Report.objects.update(
        answers={"side": "odd"},
        latitude=43.29,
        longitude=5.37,
        on_behalf="carer",
        due_at=timezone.now() - timedelta(hours=1),
    )
    page = chief.get(f"/console/reports/{report.reference}/").text
    assert "Côté des numéros impairs" in page
    assert "mlat=43.29&amp;mlon=5.37" in page
    assert "Comme aidant" in page
    assert "En retard" in page


def test_lists_are_filtered_and_paged(
    chief: Client, report: Report, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = _make(conversation, "tree", category_code="tree", commune="Aubagne")
    sixth = _make(conversation, "sixth", commune="Marseille 6e")
    Report.objects.filter(pk=tree.pk).update(due_at=timezone.now() - timedelta(hours=1))

    def shown(query: str) -> set[str]:
        page = chief.get(f"/console/parts/reports/?{query}").text
        made = (report, tree, sixth)
        return {row.reference for row in made if f'data-reference="{row.reference}"' in page}

    assert shown("") == {report.reference, tree.reference, sixth.reference}
    assert shown("service=espaces_verts") == {tree.reference}
    assert shown("commune=13055") == {report.reference, sixth.reference}
    assert shown("commune=13206") == {sixth.reference}
    assert shown("state=late") == {tree.reference}
    assert shown("state=late&service=voirie") == set()
    assert shown("service=nothing&commune=x&before=yesterday") == shown("")
    assert "En retard (1)" in chief.get("/console/").text
    monkeypatch.setattr("agent_console.intake.views.inbox.LIMIT", 1)
    seen, address = [], "/console/"
    for _ in range(3):
        page = chief.get(address).text
        found = [
            r.reference for r in (report, tree, sixth) if f'data-reference="{r.reference}"' in page
        ]
        seen += found
        if "Plus anciens" in page:
            link = page.split("Plus anciens")[0].rsplit('href="', 1)[1].split('"')[0]
            address = link.replace("&amp;", "&")
    assert seen == [sixth.reference, tree.reference, report.reference]


def test_the_alarm_stays_on_every_page_until_somebody_takes_it_up(
    chief: Client, conversation: Conversation, report: Report, make_user: Callable[..., User]
) -> None:
    danger = _make(conversation, "danger", category_code="manhole_cover")
    page_id = OnCallPage.objects.get().pk
    paths = ["/console/", "/console/forwards/", "/console/parts/oncall/"]
    for path in [*paths, f"/console/reports/{report.reference}/"]:
        assert "J’ai pris en charge" in chief.get(path).text
    reader = Client()
    reader.force_login(make_user("reader", "reports.view_report"))
    page = reader.get("/console/").text
    assert "Un danger n’est pas pris en charge" in page
    assert "J’ai pris en charge" not in page
    assert reader.post(f"/console/oncall/{page_id}/acknowledge/").status_code == 403
    done = chief.post(f"/console/oncall/{page_id}/acknowledge/", follow=True)
    assert done.redirect_chain[-1][0] == f"/console/reports/{danger.reference}/"
    assert "Vous avez pris en charge" in done.text
    for path in paths:
        assert 'data-testid="alarm"' not in chief.get(path).text
    late = Client()
    late.force_login(make_user("late", *EVERY))
    again = late.post(f"/console/oncall/{page_id}/acknowledge/", follow=True).text
    assert "chief l’a déjà pris en charge." in again
    assert late.post("/console/oncall/0/acknowledge/").status_code == 404


def test_what_is_to_be_handed_over_is_listed_until_it_is(chief: Client, report: Report) -> None:
    assert "Rien à transmettre" in chief.get("/console/forwards/").text
    _do(chief, report, "forward", body_code="route-etat")
    page = chief.get("/console/forwards/").text
    assert report.reference_display in page
    assert "Gestionnaire de la route" in page
    forward = Forward.objects.get()
    done = chief.post(f"/console/forwards/{forward.pk}/done/", follow=True).text
    assert "est transmis" in done
    assert "Rien à transmettre" in done
    assert chief.post("/console/forwards/0/done/").status_code == 404


def test_agents_see_what_the_person_was_not_told(
    client: Client, make_user: Callable[..., User], conversation: Conversation
) -> None:
    contact_opt_out(contact_point_id=conversation.contact_point_id)
    notice_send(conversation_id=conversation.id, cause="c:1", text="Votre bac est arrivé")
    client.force_login(make_user("agent", "conversations.view_conversation"))
    page = client.get(f"/console/conversations/{conversation.id}/").text
    assert "ne veut plus de messages" in page
    assert "Votre bac est arrivé" in page


def test_the_full_page_is_accessible_and_fits_a_phone(
    chief: Client, report: Report, conversation: Conversation
) -> None:
    _make(conversation, "danger", category_code="manhole_cover")
    _do(chief, report, "forward", body_code="route-etat")
    pages = {}
    for path in ("/console/", f"/console/reports/{report.reference}/", "/console/forwards/"):
        response = chief.get(path)
        policy = response.headers["Content-Security-Policy"]
        pages[path] = RenderedPage(response.text, policy)
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        page = context.new_page()
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            for summary in page.locator("summary").all():
                summary.click()
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") == 320, path
