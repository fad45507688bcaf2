"""The review list and corrections: two people, and words for every refusal."""

import html
import re
import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.nudges.tests.conftest import (
    ALL,
    CORRECTION_ID,
    REVIEW_ID,
    REWARD_ID,
    FakeWallet,
    correction,
    page,
    review,
    reward,
)
from agent_console.reports.models import Report, ReportReward
from agent_console.staff.services import actor_of
from agent_console.wallet.tests.bodies import WALLET_ID

pytestmark = pytest.mark.django_db
REVIEWS = "/console/nudges/reviews/"
CORRECTIONS = "/console/nudges/corrections/"
KEY = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"


def test_a_case_says_what_looks_wrong_and_leads_to_its_report(
    console: Client, wallet: FakeWallet, report: Report
) -> None:
    ReportReward.objects.filter(report=report).update(reward_id=REWARD_ID)
    text = console.get(REVIEWS).text
    assert "Le même lieu, encore et encore" in text
    assert f"/console/reports/{report.reference}/" in text
    assert "10\u00a0points" in text
    assert "Fraude confirmée" in text


@pytest.mark.parametrize(
    ("decision", "said"), [("clear", "sans suite"), ("confirm_fraud", "La fraude est confirmée")]
)
def test_a_case_is_decided(
    console: Client, wallet: FakeWallet, supervisor: User, decision: str, said: str
) -> None:
    wallet.answers[f"POST /v1/reviews/{REVIEW_ID}/decision"] = (200, review(state="cleared"))
    answer = console.post(f"{REVIEWS}{REVIEW_ID}/decide/", {"decision": decision}, follow=True)
    assert said in answer.text
    ((_, _, body),) = wallet.written
    assert body == {"decision": decision, "actor": str(actor_of(user=supervisor))}


def test_a_case_that_a_colleague_decided_says_so(console: Client, wallet: FakeWallet) -> None:
    wallet.refuse(f"POST /v1/reviews/{REVIEW_ID}/decision", "review_decided")
    answer = console.post(f"{REVIEWS}{REVIEW_ID}/decide/", {"decision": "clear"}, follow=True)
    assert "déjà été décidé" in answer.text


def test_a_fraud_that_was_paid_leads_to_a_correction(console: Client, wallet: FakeWallet) -> None:
    fraud = review(state="confirmed_fraud", reward=reward(state="posted"))
    wallet.answers["GET /v1/reviews"] = (200, page(fraud))
    text = console.get(REVIEWS, {"state": "confirmed_fraud"}).text
    assert f"kind=reverse_reward&amp;subject={REWARD_ID}" in text


@pytest.mark.parametrize("path", [f"{REVIEWS}{REVIEW_ID}", f"{CORRECTIONS}{CORRECTION_ID}"])
def test_another_decision_is_no_decision(console: Client, wallet: FakeWallet, path: str) -> None:
    assert console.post(f"{path}/decide/", {"decision": "burn"}).status_code == 400
    assert wallet.written == []


def test_a_reversal_is_proposed_by_a_report_reference(
    console: Client, wallet: FakeWallet, report: Report, supervisor: User
) -> None:
    ReportReward.objects.filter(report=report).update(reward_id=REWARD_ID)
    wallet.answers["POST /v1/corrections"] = (201, correction(kind="reverse_reward"))
    answer = console.post(
        f"{CORRECTIONS}propose/",
        {
            "key": KEY,
            "kind": "reverse_reward",
            "reference": report.reference_display,
            "reason": "fraud",
        },
        follow=True,
    )
    assert "Une autre personne doit la décider" in answer.text
    assert wallet.written == [
        (
            "/v1/corrections",
            f"correction:{KEY}",
            {
                "kind": "reverse_reward",
                "reason": "fraud",
                "actor": str(actor_of(user=supervisor)),
                "subject": REWARD_ID,
            },
        )
    ]


def test_points_are_credited_to_the_wallet_of_a_report_s_author(
    console: Client, wallet: FakeWallet, report: Report
) -> None:
    assert report.resident is not None
    report.resident.wallet_id = uuid.UUID(WALLET_ID)
    report.resident.save()
    wallet.answers["POST /v1/corrections"] = (201, correction())
    form = {
        "key": KEY,
        "kind": "credit",
        "reference": report.reference,
        "points": "25",
        "reason": "service_failure",
    }
    console.post(f"{CORRECTIONS}propose/", form)
    body = wallet.written[0][2]
    assert (body["wallet_id"], body["points"], "subject" in body) == (WALLET_ID, 25, False)


def test_the_page_that_leads_here_may_choose(console: Client, wallet: FakeWallet) -> None:
    given = {"kind": "reverse_reward", "subject": REWARD_ID}
    assert f'value="{REWARD_ID}"' in console.get(f"{CORRECTIONS}new/", given).text
    wallet.answers["POST /v1/corrections"] = (201, correction())
    console.post(f"{CORRECTIONS}propose/", {"key": KEY, "reason": "fraud", **given})
    assert wallet.written[0][2]["subject"] == REWARD_ID


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "reverse_reward", "reference": ""}, "Indiquez la référence du signalement"),
        ({"kind": "credit", "reference": ""}, "Indiquez la référence d’un de ses signalements"),
        ({"reference": "000000000"}, "Aucun signalement ne porte cette référence"),
        ({"points": ""}, "Indiquez le nombre de points"),
        ({"points": "0"}, "1 au moins"),
        ({"kind": "gift"}, "choix"),
        ({"reason": "Parce que"}, "choix"),
        ({"kind": "reverse_reward"}, "n’a pas de récompense"),
        ({}, "pas encore de porte-monnaie"),
    ],
)
def test_a_bad_proposal_is_not_sent(
    console: Client, wallet: FakeWallet, report: Report, changed: dict[str, str], said: str
) -> None:
    form = {
        "key": KEY,
        "kind": "debit",
        "reference": report.reference,
        "points": "5",
        "reason": "fraud",
    }
    answer = console.post(f"{CORRECTIONS}propose/", form | changed)
    assert answer.status_code == 422
    assert said in answer.text
    assert wallet.written == []


def test_who_proposed_is_told_to_wait_for_somebody_else(
    console: Client, wallet: FakeWallet, supervisor: User, make_user: Callable[..., User]
) -> None:
    mine = correction(proposed_by=str(actor_of(user=supervisor)))
    wallet.answers["GET /v1/corrections"] = (200, page(mine))
    text = console.get(CORRECTIONS).text
    assert "Vous l’avez proposée" in text
    assert 'value="approve"' not in text
    wallet.refuse(f"POST /v1/corrections/{CORRECTION_ID}/decision", "same_person")
    path = f"{CORRECTIONS}{CORRECTION_ID}/decide/"
    refused = console.post(path, {"decision": "approve"}, follow=True)
    assert "une autre personne doit la décider" in refused.text
    console.force_login(make_user("karim", *ALL))
    text = console.get(CORRECTIONS).text
    assert 'value="approve"' in text
    assert "proposée par nadia" in text


@pytest.mark.parametrize(("decision", "said"), [("approve", "appliquée"), ("reject", "rejetée")])
def test_a_correction_is_decided(
    console: Client, wallet: FakeWallet, decision: str, said: str
) -> None:
    wallet.answers[f"POST /v1/corrections/{CORRECTION_ID}/decision"] = (200, correction())
    answer = console.post(
        f"{CORRECTIONS}{CORRECTION_ID}/decide/", {"decision": decision}, follow=True
    )
    assert f"La correction est {said}" in answer.text


def test_a_credit_waits_while_issuing_is_stopped(console: Client, wallet: FakeWallet) -> None:
    wallet.refuse(f"POST /v1/corrections/{CORRECTION_ID}/decision", "issuing_stopped", 503)
    answer = console.post(
        f"{CORRECTIONS}{CORRECTION_ID}/decide/", {"decision": "approve"}, follow=True
    )
    assert "Le versement de points est arrêté" in answer.text


def test_what_was_decided_stays_readable(
    console: Client, wallet: FakeWallet, supervisor: User
) -> None:
    decided = correction(
        state="applied",
        decided_by=str(actor_of(user=supervisor)),
        decided_at="2026-02-01T10:00:00Z",
    )
    wallet.answers["GET /v1/corrections?state=applied"] = (200, page(decided))
    assert "Décidée par" not in console.get(CORRECTIONS).text
    text = console.get(CORRECTIONS, {"state": "applied"}).text
    assert "Appliquée" in text
    assert "Décidée par nadia" in text


def test_every_proposed_correction_can_be_reached(console: Client, wallet: FakeWallet) -> None:
    ids = [str(uuid.UUID(int=number)) for number in range(1, 46)]
    wallet.answers["GET /v1/corrections"] = (200, page(*(correction(id=one) for one in ids)))
    seen: list[str] = []
    addresses = [f"{CORRECTIONS}?state=proposed"]
    while addresses[-1]:
        text = console.get(addresses[-1]).text
        seen += re.findall(r'data-correction="([^"]+)"', text)
        following = re.search(r'href="([^"]+)" rel="next"', text)
        addresses.append(f"{CORRECTIONS}{html.unescape(following[1])}" if following else "")
    assert seen == ids
    assert len(addresses) == 3 + 1
    back = re.search(r'href="([^"]+)" rel="prev"', console.get(addresses[2]).text)
    assert back is not None
    assert f"{CORRECTIONS}{html.unescape(back[1])}" == addresses[1]


@pytest.mark.parametrize("asked", ["after=x", "after=", "state=all&after=%00"])
def test_an_address_that_leads_nowhere_shows_the_first_page(
    console: Client, wallet: FakeWallet, asked: str
) -> None:
    assert "data-correction=" in console.get(f"{CORRECTIONS}?{asked}").text


GETS = ["", "rules/", "rules/report.pothole/", "campaigns/", "reviews/", "corrections/"]
WRITES = [
    ("rules/report.pothole/add/", "nudges.change_rules"),
    ("campaigns/add/", "nudges.change_rules"),
    (f"reviews/{REVIEW_ID}/decide/", "nudges.decide_reviews"),
    ("corrections/propose/", "nudges.correct_points"),
    (f"corrections/{CORRECTION_ID}/decide/", "nudges.correct_points"),
]


@pytest.mark.parametrize("path", GETS)
def test_reading_needs_its_permission(
    client: Client, wallet: FakeWallet, make_user: Callable[..., User], path: str
) -> None:
    address = f"/console/nudges/{path}"
    assert client.get(address).status_code == 302
    client.force_login(make_user("operatrice", "reports.view_report"))
    assert client.get(address).status_code == 403
    client.force_login(make_user("lectrice", "nudges.view_nudges"))
    page_text = client.get(address)
    assert page_text.status_code == 200
    assert '<button type="submit" data-testid' not in page_text.text


@pytest.mark.parametrize(("path", "permission"), WRITES)
def test_writing_needs_its_own_permission(
    client: Client, wallet: FakeWallet, make_user: Callable[..., User], path: str, permission: str
) -> None:
    address = f"/console/nudges/{path}"
    assert client.post(address).status_code == 302
    client.force_login(make_user("lit", *(set(ALL) - {permission})))
    assert client.post(address).status_code == 403
    client.force_login(make_user("ecrit", permission))
    assert client.post(address).status_code == 403
    client.force_login(make_user("lit-et-ecrit", permission, "nudges.view_nudges"))
    assert client.post(address).status_code in (400, 422)
    assert wallet.written == []
