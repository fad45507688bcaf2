"""Points become a voucher in the residents' space: a fresh proof, a read-back, one exchange."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from agent_console.citizens.links import contact_unlink
from agent_console.citizens.models import ContactPoint, LinkHow, OneTimeCode, Resident
from agent_console.citizens.pins import pin_set
from agent_console.citizens.tests.conftest import Phones
from agent_console.identity.models import PortalSession
from agent_console.wallet import http
from agent_console.wallet.tests.fake_wallet import OFFER, TOO_DEAR, WALLET, FakeWallet
from service_kit.voucher_code import shown

from .conftest import Browser

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "06 12 34 56 78"
OFFERS = "/mon-espace/offres/"
ONE = f"{OFFERS}{OFFER}/"
PROVE = f"/mon-espace/confirmer/?offre={OFFER}"


@pytest.fixture
def wallet(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWallet]:
    fake = FakeWallet()
    cache.clear()
    with fake.client() as client:
        monkeypatch.setattr(http, "client", lambda: client)
        yield fake
    cache.clear()


@pytest.fixture
def owner(browser: Browser, phones: Phones, wallet: FakeWallet) -> Browser:
    """Signed in, with 100 points."""
    browser.sign_in(NUMBER, phones)
    Resident.objects.update(wallet_id=WALLET)
    return browser


def confirmation(owner: Browser) -> dict[str, str]:
    form = owner.get(ONE).context["form"]
    return {"key": str(form.initial["key"]), "price": str(form.initial["price"])}


def grow_old() -> None:
    PortalSession.objects.update(proved_at=timezone.now() - timedelta(minutes=11))


def test_an_offer_is_read_back_and_exchanged_once(owner: Browser, wallet: FakeWallet) -> None:
    page = owner.get(OFFERS).content.decode()
    assert "100" in page
    assert ONE in page
    assert str(TOO_DEAR) not in page  # why it can't be had is said instead
    wish = confirmation(owner)
    answers = [owner.post(ONE, wish) for _ in "12"]
    (code,) = wallet.vouchers
    voucher = wallet.vouchers[code]
    assert {answer["Location"] for answer in answers} == {f"/bons/{voucher['id']}/"}
    assert (voucher["channel"], voucher["wallet_id"]) == ("web", str(WALLET))
    assert shown(code) in owner.get(f"/bons/{voucher['id']}/").content.decode()
    assert f"/bons/{voucher['id']}/" in owner.get(OFFERS).content.decode()


def test_a_lost_answer_offers_the_same_form_again(owner: Browser, wallet: FakeWallet) -> None:
    wish = confirmation(owner)
    wallet.lose_answers = 9
    answer = owner.post(ONE, wish)
    assert (answer.status_code, wish["key"] in answer.content.decode()) == (503, True)
    wallet.lose_answers = 0
    assert owner.post(ONE, wish).status_code == 302
    assert len(wallet.vouchers) == 1


def test_what_cannot_be_had_and_an_absent_wallet_are_said(
    owner: Browser, wallet: FakeWallet
) -> None:
    answer = owner.get(f"{OFFERS}{TOO_DEAR}/")
    assert (answer.status_code, "Pas assez de points" in answer.content.decode()) == (409, True)
    answer = owner.post(ONE, confirmation(owner) | {"price": "1"})
    assert (answer.status_code, len(wallet.vouchers)) == (409, 0)
    wallet.away = True
    assert owner.get(OFFERS).status_code == 503
    assert owner.get(ONE).status_code == 503


def test_spending_takes_a_fresh_code(owner: Browser, wallet: FakeWallet, phones: Phones) -> None:
    wish = confirmation(owner)
    grow_old()
    assert owner.post(ONE, wish)["Location"] == PROVE
    assert not wallet.vouchers
    assert owner.get(OFFERS).status_code == 200  # reading goes on
    step = owner.post(PROVE, {"action": "send"}).context["step"]
    code = phones.code_of(OneTimeCode.objects.latest("created_at").pk)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    repeat = {"action": "code", "step": step}
    assert owner.post(PROVE, repeat | {"code": wrong}).status_code == 422
    thief = Browser(REMOTE_ADDR="192.0.2.9")
    thief.sign_in("06 98 76 54 32", phones)
    assert thief.post(PROVE, repeat | {"code": code}).status_code == 409
    assert owner.post(PROVE, repeat | {"code": code})["Location"] == ONE
    assert owner.post(ONE, wish).status_code == 302


def test_or_the_pin_and_no_phone_that_was_taken_away(owner: Browser, phones: Phones) -> None:
    resident = Resident.objects.get()
    pin_set(resident_id=resident.pk, pin="2580")
    grow_old()
    assert owner.post(PROVE, {"action": "pin", "pin": "2581"}).status_code == 422
    assert owner.post(PROVE, {"action": "pin", "pin": "2580"})["Location"] == ONE
    grow_old()
    contact_unlink(
        contact_point_id=ContactPoint.objects.get().pk,
        resident_id=resident.pk,
        how=LinkHow.OPERATOR,
    )
    sent = OneTimeCode.objects.count()
    PortalSession.objects.update(pin_at=None)
    assert owner.post(PROVE, {"action": "send"}).status_code == 409
    assert OneTimeCode.objects.count() == sent


def test_only_signed_in_and_with_a_wallet(browser: Browser, phones: Phones) -> None:
    for path in (OFFERS, ONE, PROVE):
        assert browser.get(path)["Location"] == "/mon-espace/connexion/"
    browser.sign_in(NUMBER, phones)
    assert "pas encore de points" in browser.get(OFFERS).content.decode()
    assert browser.get(ONE).status_code == 404
