"""Rules and campaigns: what is shown, what is sent, what a refusal says."""

import re
import uuid
from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.nudges.tests.conftest import AFTER, FakeWallet, campaign, page, rule
from agent_console.staff.services import actor_of

pytestmark = pytest.mark.django_db
RULES = "/console/nudges/rules/"
RULE = f"{RULES}report.pothole/"
CAMPAIGNS = "/console/nudges/campaigns/"
FORM = {
    "key": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa",
    "points": "12",
    "valid_from": "",
    "cap_day_points": "60",
    "cap_month_points": "",
    "cooling_off_minutes": "30",
    "auto_post_after_days": "",
    "checked_percent": "20",
    "campaign": "verre_2027",
}


def test_rules_stand_under_the_names_of_their_actions(
    console: Client, wallet: FakeWallet, metropolis: None
) -> None:
    text = console.get(RULES).text
    assert "Dépôt de verre" in text
    assert "Signalement : " in text
    assert "50&nbsp;/&nbsp;jour" in text
    assert "après 7&nbsp;jours" in text


def test_the_history_of_a_rule_names_its_authors(
    console: Client, wallet: FakeWallet, supervisor: User
) -> None:
    supervisor.first_name = "Nadia"
    supervisor.save()
    author = str(actor_of(user=supervisor))
    wallet.answers["GET /v1/rules/report.pothole/versions"] = (
        200,
        page(rule(version=9, valid_from=AFTER, author=author), rule(version=8), rule(version=7)),
    )
    text = console.get(RULE).text
    assert text.count('data-testid="rule-version"') == 3
    assert "Écrite par Nadia" in text
    assert "Valeur d’origine" in text
    for state in ("En vigueur", "À venir", "Passée"):
        assert text.count(f">{state}<") == 1


def test_one_goes_back_to_what_an_older_version_said(console: Client, wallet: FakeWallet) -> None:
    wallet.answers["GET /v1/rules/report.pothole/versions"] = (
        200,
        page(rule(version=8, points=12), rule(version=7, points=10)),
    )
    assert 'name="points" value="12"' in console.get(RULE).text
    assert 'href="?like=7#titre-nouvelle"' in console.get(RULE).text
    older = console.get(f"{RULE}?like=7").text
    assert 'name="points" value="10"' in older
    assert "d’après la version 7" in older
    assert 'name="points" value="12"' in console.get(f"{RULE}?like=99").text


def test_a_new_version_is_sent_as_it_was_filled_in(
    console: Client, wallet: FakeWallet, supervisor: User
) -> None:
    wallet.answers["POST /v1/rules"] = (201, rule(points=12))
    answer = console.post(f"{RULE}add/", FORM, follow=True)
    assert "La nouvelle règle est en vigueur" in answer.text
    ((path, key, body),) = wallet.written
    assert (path, key) == ("/v1/rules", f"rule:{FORM['key']}")
    assert body == {
        "code": "report.pothole",
        "points": 12,
        "cap_day_points": 60,
        "cap_month_points": None,
        "cooling_off_s": 1800,
        "auto_post_after_days": None,
        "checked_percent": 20,
        "campaign": "verre_2027",
        "author": str(actor_of(user=supervisor)),
    }


def test_a_start_is_meant_in_paris(console: Client, wallet: FakeWallet) -> None:
    wallet.answers["POST /v1/rules"] = (201, rule(valid_from="2126-07-01T06:00:00Z"))
    answer = console.post(f"{RULE}add/", FORM | {"valid_from": "2126-07-01T08:00"}, follow=True)
    sent = datetime.fromisoformat(wallet.written[0][2]["valid_from"])
    assert sent == datetime.fromisoformat("2126-07-01T06:00:00Z")
    assert "01/07/2126 à 08:00" in answer.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"points": ""}, "Renseignez ce champ"),
        ({"points": "-1"}, "0 au moins"),
        ({"points": "dix"}, "nombre entier"),
        ({"points": "1.5"}, "nombre entier"),
        ({"points": "99999999"}, "1000000 au plus"),
        ({"checked_percent": "101"}, "100 au plus"),
        ({"cap_day_points": "0"}, "1 au moins"),
        ({"cooling_off_minutes": "99999"}, "44640 au plus"),
        ({"valid_from": "demain"}, "Indiquez la date"),
        ({"campaign": "autre"}, "choix"),
    ],
)
def test_a_bad_form_is_not_sent(
    console: Client, wallet: FakeWallet, changed: dict[str, str], said: str
) -> None:
    answer = console.post(f"{RULE}add/", FORM | changed)
    assert answer.status_code == 422
    assert said in answer.text.replace("\u202f", "").replace("&#x27;", "'")
    assert wallet.written == []


@pytest.mark.parametrize(
    ("code", "fields", "said"),
    [
        ("rule_start_in_past", {}, "ne peut pas commencer dans le passé"),
        ("rule_terms_contradict", {"cap_day_points": "below_points"}, "Ce plafond est inférieur"),
        ("campaign_unknown", {}, "code campaign_unknown"),
        ("idempotency_conflict", {}, "Rouvrez-le"),
    ],
)
def test_a_refusal_is_said_and_what_was_typed_stays(
    console: Client, wallet: FakeWallet, code: str, fields: dict[str, str], said: str
) -> None:
    wallet.refuse("POST /v1/rules", code, 422, **fields)
    answer = console.post(f"{RULE}add/", FORM)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="12"' in answer.text
    if fields:
        assert 'id="id_cap_day_points_error"' in answer.text


def test_the_form_begins_with_what_is_in_force_and_a_key_of_its_own(
    console: Client, wallet: FakeWallet
) -> None:
    keys = {re.findall(r'name="key" value="([^"]+)"', console.get(RULE).text)[0] for _ in range(2)}
    assert len(keys) == 2
    assert all(uuid.UUID(key) for key in keys)
    assert re.search(r'name="checked_percent" value="10"', console.get(RULE).text)


@pytest.mark.parametrize("code", ["nothing.here", "..", "a b", "Report.Pothole"])
def test_an_unknown_rule_is_not_found(console: Client, wallet: FakeWallet, code: str) -> None:
    assert console.get(f"{RULES}{code}/").status_code == 404


def test_campaigns_show_how_much_of_the_budget_is_gone(console: Client, wallet: FakeWallet) -> None:
    text = console.get(CAMPAIGNS).text
    assert "Le verre au printemps" in text
    assert "(25&nbsp;%)" in text
    assert 'value="25"' in text
    assert "En cours" in text


def test_a_campaign_is_sent_as_it_was_filled_in(
    console: Client, wallet: FakeWallet, supervisor: User
) -> None:
    wallet.answers["POST /v1/campaigns"] = (201, campaign(name="Été"))
    form = {
        "key": FORM["key"],
        "name": "Été",
        "code": "ete_2027",
        "starts_at": "2027-06-21T00:00",
        "ends_at": "2027-09-21T00:00",
        "budget_points": "5000",
    }
    assert "« Été »" in console.post(f"{CAMPAIGNS}add/", form, follow=True).text
    ((_, key, body),) = wallet.written
    assert key == f"campaign:{FORM['key']}"
    assert body["starts_at"] == "2027-06-21T00:00:00+02:00"
    assert (body["code"], body["budget_points"]) == ("ete_2027", 5000)
    assert body["author"] == str(actor_of(user=supervisor))
    wallet.refuse("POST /v1/campaigns", "campaign_code_taken")
    again = console.post(f"{CAMPAIGNS}add/", form)
    assert again.status_code == 422
    assert "déjà celui d’une autre campagne" in again.text
    backwards = console.post(f"{CAMPAIGNS}add/", form | {"ends_at": "2027-01-01T00:00"})
    assert "La fin doit suivre le début" in backwards.text
