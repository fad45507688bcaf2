"""The operator's pages about cards, as an operator's browser gets them."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from agent_console.citizens.models import Resident
from agent_console.collectors import linking, rewarding
from agent_console.collectors.models import Card, Deposit, DepositState
from agent_console.collectors.tests.conftest import Caps, Clock, FakeWallet, batch, deposit, send
from agent_console.conversations.models import Conversation
from agent_console.reports.models import Report

pytestmark = pytest.mark.django_db
CARDS = "/console/cards/"


@pytest.fixture
def console(agent: User, client: Client) -> Client:
    client.force_login(agent)
    return client


def test_waiting_deposits_are_listed_by_card_with_its_last_characters_only(
    console: Client,
) -> None:
    assert "Aucun dépôt n’attend" in console.get(CARDS).text
    send(batch(deposit("a", items=3), deposit("b", items=4), deposit("c", card="777-888-999")))
    page = console.get(CARDS).text
    assert page.count('data-testid="waiting-card"') == 2
    assert "…3456" in page
    assert "…8999" in page
    assert "497010123456" not in page
    assert ">7</td>" in page  # objects of the first card


def test_a_card_is_linked_by_its_number_and_a_report_reference(
    console: Client, report: Report
) -> None:
    send(batch(deposit("a")))
    answer = console.post(
        f"{CARDS}link/",
        {"collector": "demo", "number": "4970.1012.3456", "reference": report.reference_display},
        follow=True,
    )
    assert "La carte …3456 est rattachée" in answer.text
    card = Card.objects.get()
    assert card.resident == report.resident
    assert 'data-state="due"' in answer.text
    assert "Aucun dépôt n’attend" in console.get(CARDS).text
    assert f"{CARDS}{card.id}/" in console.get(CARDS).text


def test_a_card_is_linked_from_a_conversation_whose_author_never_reported(
    console: Client, agent: User, resident: Resident, conversation: Conversation
) -> None:
    linking.card_link(collector="demo", number="AB99999999", resident=resident, actor=agent)
    page = console.get(CARDS, {"conversation": str(conversation.id)}).text
    assert "id_reference" not in page
    assert "n’a pas encore de carte" in page
    assert "…9999" not in page, "that card is somebody else's"
    assert Resident.objects.count() == 1, "looking makes nobody"
    console.post(
        f"{CARDS}link/",
        {"collector": "demo", "number": "497010123456", "conversation": conversation.id},
    )
    conversation.contact_point.refresh_from_db()
    card = Card.objects.get(last4="3456")
    assert card.resident == conversation.contact_point.resident is not None
    again = console.get(CARDS, {"conversation": str(conversation.id)}).text
    assert "Ses cartes" in again
    assert "…3456" in again


def test_a_card_is_linked_for_a_resident_whose_page_it_was(
    console: Client, resident: Resident
) -> None:
    assert "n’a pas encore de carte" in console.get(CARDS, {"resident": str(resident.id)}).text
    console.post(
        f"{CARDS}link/",
        {"collector": "demo", "number": "497010123456", "resident": resident.id},
    )
    assert Card.objects.get().resident == resident


@pytest.mark.parametrize(
    "given", [{"resident": str(uuid.uuid4())}, {"conversation": "nothing"}, {}]
)
def test_an_address_that_names_nobody_asks_for_a_reference(
    console: Client, given: dict[str, str]
) -> None:
    assert "id_reference" in console.get(CARDS, given).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"number": "12"}, "6 à 32 lettres ou chiffres"),
        ({"number": ""}, "Indiquez le numéro imprimé"),
        ({"reference": ""}, "Indiquez la référence"),
        ({"reference": "482-177-366"}, "Aucun signalement ne porte cette référence"),
        ({"reference": "bonjour"}, "Aucun signalement ne porte cette référence"),
    ],
)
def test_a_bad_form_says_what_is_wrong_and_keeps_what_was_typed(
    console: Client, report: Report, changed: dict[str, str], said: str
) -> None:
    typed = {"collector": "demo", "number": "4970 1012 3456", "reference": report.reference}
    answer = console.post(f"{CARDS}link/", typed | changed)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Erreur – " in answer.text
    kept = (typed | changed)["number"]
    assert not kept or f'value="{kept}"' in answer.text
    assert not Card.objects.exists()


def test_a_card_of_somebody_else_is_refused_in_words(
    console: Client, agent: User, resident: Resident, report: Report
) -> None:
    linking.card_link(collector="demo", number="497010123456", resident=resident, actor=agent)
    answer = console.post(
        f"{CARDS}link/",
        {"collector": "demo", "number": "497010123456", "reference": report.reference},
    )
    assert answer.status_code == 422
    assert "déjà rattachée à un autre citoyen" in answer.text


def test_a_known_card_is_assigned_and_unlinked(
    console: Client, report: Report, wallet: FakeWallet
) -> None:
    wallet.refusals = {60: "budget_exhausted"}
    send(batch(deposit("a", items=5), deposit("b", items=60)))
    card = Card.objects.get()
    wrong = console.post(f"{CARDS}{card.id}/assign/", {"reference": "000000000"})
    assert wrong.status_code == 422
    console.post(f"{CARDS}{card.id}/assign/", {"reference": report.reference})
    rewarding.deposits_reward()
    page = console.get(f"{CARDS}{card.id}/").text
    assert "5\u00a0points" in page
    assert "budget de la campagne épuisé" in page
    assert 'data-testid="card-linked"' in page
    answer = console.post(f"{CARDS}{card.id}/unlink/", follow=True)
    assert "est détachée" in answer.text
    assert "demandez une correction à un superviseur" in answer.text
    assert Deposit.objects.filter(state=DepositState.REWARDED).exists()
    again = console.post(f"{CARDS}{card.id}/unlink/", follow=True)
    assert "rattachée à personne" in again.text


def test_the_card_shows_what_was_given_and_when_the_rest_comes(
    console: Client, agent: User, resident: Resident, wallet: FakeWallet, clock: Clock
) -> None:
    wallet.caps = Caps(day=10)
    card = linking.card_link(
        collector="demo", number="497010123456", resident=resident, actor=agent
    )
    send(batch(deposit("a", items=25)))
    rewarding.deposits_reward()
    clock.now += timedelta(hours=1)
    send(batch(deposit("b", items=3)))
    rewarding.deposits_reward()
    page = _words(console.get(f"{CARDS}{card.id}/").text)
    assert "En cours de versement 10 points 10 points le 24 novembre (10 objets)" in page
    assert "La suite (15 objets) le 25 novembre : plafond du jour atteint." in page
    assert "Après un dépôt plus ancien, qui attend un plafond." in page
    assert "en cours de versement." not in page, "nothing moves before tomorrow"
    clock.now += timedelta(days=1)
    rewarding.deposits_reward()
    clock.now += timedelta(days=1)
    rewarding.deposits_reward()
    page = _words(console.get(f"{CARDS}{card.id}/").text)
    assert "Récompensé 25 points 10 points le 24 novembre (10 objets)" in page
    assert "5 points le 26 novembre (5 objets)" in page
    assert "Récompensé 3 points" in page


def test_what_a_cap_kept_from_being_given_waits_again_when_the_card_is_unlinked(
    console: Client, agent: User, resident: Resident, wallet: FakeWallet, clock: Clock
) -> None:
    wallet.caps = Caps(day=10)
    card = linking.card_link(
        collector="demo", number="497010123456", resident=resident, actor=agent
    )
    send(batch(deposit("partly", items=15)))
    rewarding.deposits_reward()
    Deposit.objects.update(received_at=clock.now + timedelta(hours=2))
    send(batch(deposit("not", items=15)))
    wallet.caps = Caps(day=1)
    rewarding.deposits_reward()
    not_yet = Deposit.objects.get(external_id="not")
    assert (not_yet.wait_code, not_yet.points) == ("cap_day_reached", 0)
    console.post(f"{CARDS}{card.id}/unlink/")
    states = dict(Deposit.objects.values_list("external_id", "state"))
    assert states == {"partly": "due", "not": "waiting_card"}


def _words(page: str) -> str:
    text = re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").replace("&nbsp;", " ")
    return re.sub(r"\s+([).])", r"\1", re.sub(r"\s+", " ", text)).replace("( ", "(")


def test_nothing_can_be_linked_while_no_collector_is_configured(
    console: Client, settings: Settings
) -> None:
    settings.GLASS_COLLECTOR_SECRETS = {}
    assert "Aucun collecteur n’est configuré" in console.get(CARDS).text


def test_the_collector_is_chosen_when_there_are_several(
    console: Client, settings: Settings, resident: Resident
) -> None:
    settings.GLASS_COLLECTOR_SECRETS = {"demo": "s" * 40, "verre": "v" * 40}
    assert "<select" in console.get(CARDS).text
    console.post(
        f"{CARDS}link/",
        {"collector": "verre", "number": "497010123456", "resident": resident.id},
    )
    assert Card.objects.get().collector == "verre"


def test_every_page_needs_its_permission(
    client: Client, make_user: Callable[..., User], resident: Resident, agent: User
) -> None:
    card = linking.card_link(
        collector="demo", number="497010123456", resident=resident, actor=agent
    )
    for method, path in [
        ("get", CARDS),
        ("post", f"{CARDS}link/"),
        ("get", f"{CARDS}{card.id}/"),
        ("post", f"{CARDS}{card.id}/assign/"),
        ("post", f"{CARDS}{card.id}/unlink/"),
    ]:
        client.logout()
        assert getattr(client, method)(path).status_code == 302
        client.force_login(make_user(f"visiteur{uuid.uuid4()}", "citizens.view_wallet"))
        assert getattr(client, method)(path).status_code == 403
    assert Card.objects.get().resident == resident


def test_an_unknown_card_is_not_found(console: Client) -> None:
    assert console.get(f"{CARDS}{uuid.uuid4()}/").status_code == 404
