"""Changing rules: what follows, what is refused, and the history that nobody rewrites."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client

from agent_console.case_admin import services
from agent_console.case_admin.forms import OnCallForm
from agent_console.case_admin.models import Change
from agent_console.case_admin.sections import SECTIONS
from agent_console.case_admin.services import seen_tag
from agent_console.conversations.models import QuietHours
from agent_console.reports.models import (
    Body,
    Category,
    CompetenceRule,
    DeadlineOverride,
    OnCallSettings,
    Question,
    ServiceHours,
)

BASE = "/console/settings/"
POTHOLE = {
    "label_fr": "Nid-de-poule",
    "label_en": "Pothole",
    "service": "voirie",
    "clock": "working",
    "target_hours": "24",
    "family": "carriageway",
    "duplicate_radius_m": "40",
    "duplicate_age_days": "10",
    "reopen_days": "15",
}


def test_a_category_changes_and_the_history_says_who_and_what(
    console: Client, supervisor: User
) -> None:
    pothole = Category.objects.get(pk="pothole")
    response = console.post(
        f"{BASE}categories/pothole/", POTHOLE | {"seen": seen_tag(pothole)}, follow=True
    )
    assert "C’est enregistré" in response.text
    pothole.refresh_from_db()
    assert (pothole.label_fr, pothole.target_hours, pothole.reopen_days) == ("Nid-de-poule", 24, 15)
    assert pothole.reward_points == 10, "points are no setting of ours"
    change = Change.objects.get()
    assert (change.actor, change.section, change.key) == (supervisor, "categories", "pothole")
    assert change.before is not None
    assert change.after is not None
    assert (change.before["target_hours"], change.after["target_hours"]) == (72, 24)
    page = console.get(f"{BASE}categories/pothole/").text
    assert "72 → 24" in page
    assert "par nadia" in page


def test_saving_without_a_change_leaves_no_trace(console: Client) -> None:
    pothole = Category.objects.get(pk="pothole")
    same = {name: str(getattr(pothole, name)) for name in POTHOLE} | {"service": "voirie"}
    console.post(f"{BASE}categories/pothole/", same | {"seen": seen_tag(pothole)})
    assert not Change.objects.exists()


def test_nobody_overwrites_a_colleague(console: Client) -> None:
    seen = seen_tag(Category.objects.get(pk="pothole"))
    Category.objects.filter(pk="pothole").update(target_hours=12)
    response = console.post(f"{BASE}categories/pothole/", POTHOLE | {"seen": seen})
    assert response.status_code == 422
    assert "Un collègue a changé ce réglage" in response.text
    assert Category.objects.get(pk="pothole").target_hours == 12
    assert not Change.objects.exists()


def test_a_question_is_added_changed_and_removed(console: Client) -> None:
    body = {
        "category": "pothole",
        "code": "how_deep",
        "label_fr": "Est-il profond ?",
        "label_en": "Is it deep?",
        "kind": "choice",
        "position": "5",
        "choices_text": "yes | Oui | Yes\nno | Non | No",
    }
    assert console.post(f"{BASE}questions/add/", body).status_code == 302
    question = Question.objects.get(code="how_deep")
    assert [row["code"] for row in question.choices] == ["yes", "no"]
    refused = console.post(
        f"{BASE}questions/{question.pk}/",
        body | {"choices_text": "yes | Oui", "seen": seen_tag(question)},
    )
    assert refused.status_code == 422
    console.post(f"{BASE}questions/{question.pk}/delete/", {"seen": "old"})
    assert Question.objects.filter(pk=question.pk).exists()
    console.post(f"{BASE}questions/{question.pk}/delete/", {"seen": seen_tag(question)})
    assert not Question.objects.filter(pk=question.pk).exists()
    last = Change.objects.first()
    assert last is not None
    assert last.after is None
    assert "Est-il profond" in last.label


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("categories/pothole/", POTHOLE | {"target_hours": "0"}),
        ("categories/pothole/", POTHOLE | {"clock": "lunar"}),
        ("hours/0/", {"opens_at": "17:00", "closes_at": "08:00"}),
        ("hours/0/", {"opens_at": "08:00", "closes_at": ""}),
        ("bodies/mairie/", {"code": "mairie", "name": "M", "kind": "commune", "handover": "email"}),
        ("rules/add/", {"category": "", "commune": "", "body": "mairie", "priority": "0"}),
        ("questions/add/", {"category": "pothole", "code": "Côté 1", "kind": "text"}),
        ("oncall/1/", {"repeat_minutes": "0", "levels": "3"}),
        ("quiet/1/", {"starts_at": "25:00", "ends_at": "08:00"}),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    console: Client, path: str, body: dict[str, str]
) -> None:
    slug, key = path.split("/")[:2]
    row = SECTIONS[slug].find(key) if key != "add" else None
    response = console.post(f"{BASE}{path}", body | {"seen": seen_tag(row)})
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert not Change.objects.exists()


def test_every_kind_of_rule_is_set_by_its_form(console: Client) -> None:
    def put(path: str, row: object, body: dict[str, object]) -> None:
        seen = seen_tag(row)  # type: ignore[arg-type]
        assert console.post(f"{BASE}{path}", body | {"seen": seen}).status_code == 302, path

    put(
        "deadlines/add/",
        None,
        {
            "category": "pothole",
            "commune": "13055",
            "clock": "working",
            "target_hours": "24",
        },
    )
    assert DeadlineOverride.objects.get().target_hours == 24
    put("hours/5/", ServiceHours.objects.get(pk=5), {"opens_at": "09:00", "closes_at": "12:00"})
    assert str(ServiceHours.objects.get(pk=5).opens_at) == "09:00:00"
    put(
        "bodies/mairie/",
        Body.objects.get(pk="mairie"),
        {
            "name": "Mairie",
            "kind": "commune",
            "handover": "by_hand",
            "phone": "04 00 00 00 00",
        },
    )
    mairie = Body.objects.get(pk="mairie")
    assert (mairie.phone, mairie.is_default) == ("04 00 00 00 00", False)
    put("rules/add/", None, {"category": "graffiti", "body": "mairie", "priority": "10"})
    assert not CompetenceRule.objects.get(category="graffiti").is_default
    console.get(f"{BASE}quiet/1/")
    put(
        "quiet/1/",
        QuietHours.objects.get(),
        {
            "starts_at": "20:00",
            "ends_at": "09:00",
            "silent_channels": ["web", "email"],
        },
    )
    assert QuietHours.objects.get().are_sundays_quiet is False
    put("oncall/1/", OnCallSettings.objects.get(), {"repeat_minutes": "5", "levels": "2"})
    assert OnCallSettings.objects.get().repeat_minutes == 5
    assert Change.objects.count() == 6


def test_only_supervisors_change_rules(
    client: Client, metropolis: None, make_user: Callable[..., User]
) -> None:
    assert client.get(BASE).status_code == 302
    visitor = make_user("camille", "reports.view_report", "reports.change_category")
    client.force_login(visitor)
    for path in ("", "categories/", "categories/pothole/", "questions/add/"):
        assert client.get(f"{BASE}{path}").status_code == 403
    assert client.post(f"{BASE}categories/pothole/", POTHOLE).status_code == 403
    settings = OnCallSettings.objects.get()
    form = OnCallForm({"repeat_minutes": "5", "levels": "2"}, instance=settings)
    assert form.is_valid()
    with pytest.raises(services.PermissionMissing):
        services.setting_save(section="oncall", form=form, key="1", seen="", actor=visitor)


@pytest.mark.parametrize(
    "path",
    ["nothing/", "categories/nothing/", "categories/add/", "bodies/nothing/", "hours/x/"],
)
def test_what_does_not_exist_is_not_found(console: Client, path: str) -> None:
    assert console.get(f"{BASE}{path}").status_code == 404


def test_categories_and_bodies_are_never_removed(console: Client) -> None:
    for path in ("categories/pothole/", "bodies/mairie/"):
        assert console.post(f"{BASE}{path}delete/", {"seen": ""}).status_code == 404


@pytest.mark.parametrize("role", ["mdmp_console_owner", "mdmp_console_runtime"])
def test_the_history_cannot_be_rewritten(supervisor: User, role: str) -> None:
    Change.objects.create(section="oncall", key="1", label="x", actor=supervisor)
    for statement in ("UPDATE case_admin_change SET label = 'y'", "DELETE FROM case_admin_change"):
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {role}")
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(statement)
            cursor.execute("RESET ROLE")
    assert Change.objects.count() == 1


def test_a_supervisor_goes_back_to_what_a_setting_was(console: Client) -> None:
    pothole = Category.objects.get(pk="pothole")
    before = {name: str(getattr(pothole, name)) for name in ("label_fr", "target_hours")}
    page = f"{BASE}categories/pothole/"
    console.post(page, POTHOLE | {"seen": seen_tag(pothole)})
    first = Change.objects.get()
    pothole.refresh_from_db()
    console.post(page, POTHOLE | {"target_hours": "36", "seen": seen_tag(pothole)})
    assert console.get(page).text.count("Revenir au réglage d’avant") == 2
    stale = {"change": first.pk, "seen": "x"}
    assert "pendant que vous" in console.post(f"{page}revert/", stale, follow=True).text
    pothole.refresh_from_db()
    asked = {"change": first.pk, "seen": seen_tag(pothole)}
    assert "rétabli" in console.post(f"{page}revert/", asked, follow=True).text
    pothole.refresh_from_db()
    assert {name: str(getattr(pothole, name)) for name in before} == before
    assert Change.objects.count() == 3, "going back is a change like any other"


def test_going_back_holds_for_every_kind_of_setting(console: Client, supervisor: User) -> None:
    for section, kind in SECTIONS.items():
        row = kind.find("1") if kind.is_single else kind.rows().first()
        if row is None:
            continue
        was = services.snapshot(row)
        fields = kind.form(instance=row)
        same = {name: fields[name].value() for name in fields.fields}
        form = kind.form(same, instance=kind.find(str(row.pk)))
        assert form.is_valid(), (section, form.errors)
        Change.objects.create(
            section=section, key=str(row.pk), label="x", before=was, after=was, actor=supervisor
        )
        done = services.setting_revert(
            section=section,
            key=str(row.pk),
            change_id=Change.objects.latest("id").pk,
            seen=seen_tag(kind.find(str(row.pk))),
            actor=supervisor,
        )
        # What was shipped as an example is one no longer once somebody has saved it.
        now = services.snapshot(done) | {"is_default": was.get("is_default")}
        assert now == {"is_default": None} | was, section


def test_what_never_was_or_is_not_allowed_any_more_is_refused(console: Client) -> None:
    page = f"{BASE}categories/pothole/revert/"
    seen = seen_tag(Category.objects.get(pk="pothole"))
    for change in ("0", "abc", "999999"):
        answer = console.post(page, {"change": change, "seen": seen}, follow=True)
        assert "n’est plus possible" in answer.text
    assert not Change.objects.exists()
