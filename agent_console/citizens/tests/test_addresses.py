"""A contact is found by any spelling of its address, and the database tells nobody which it is."""

import pytest
from pytest_django import Settings

from agent_console.citizens import addresses
from agent_console.citizens.errors import AddressInvalid
from agent_console.citizens.models import ChannelCode, ContactPoint
from agent_console.citizens.services import contact_address, contact_at

NUMBER = "+33612345678"


@pytest.mark.parametrize("written", ["06 12 34 56 78", "0612345678", "+33 6.12.34.56.78", NUMBER])
def test_one_number_however_written(written: str) -> None:
    assert addresses.phone_normalised(written) == NUMBER


@pytest.mark.parametrize("written", ["", "12", "06 12 34", "bonjour", "0" * 300])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(AddressInvalid) as refusal:
        addresses.phone_normalised(written)
    assert refusal.value.code == "phone_invalid"


def test_only_mobiles_get_texts() -> None:
    assert addresses.is_mobile(NUMBER)
    assert not addresses.is_mobile("+33491234567")


@pytest.mark.django_db
def test_the_same_contact_again_and_nothing_in_clear() -> None:
    contact = contact_at(kind=ChannelCode.SMS, address="06 12 34 56 78")

    assert contact_at(kind=ChannelCode.SMS, address=NUMBER) == contact
    stored = ContactPoint.objects.get()
    assert NUMBER.encode() not in bytes(stored.address_sealed or b"")
    assert contact_address(stored) == NUMBER


@pytest.mark.django_db
def test_a_caller_and_a_texter_share_the_digest_and_a_chat_does_not() -> None:
    texted = contact_at(kind=ChannelCode.SMS, address=NUMBER)
    called = contact_at(kind=ChannelCode.VOICE, address=NUMBER)
    chat = contact_at(kind=ChannelCode.TELEGRAM, address=NUMBER)

    assert bytes(texted.key_digest) == bytes(called.key_digest)
    assert bytes(chat.key_digest) != bytes(texted.key_digest)
    assert len({texted.pk, called.pk, chat.pk}) == 3


def test_an_older_key_still_opens(settings: Settings) -> None:
    sealed = addresses.address_seal(NUMBER)
    settings.ADDRESS_KEYS = ["n" * 32, *settings.ADDRESS_KEYS]
    assert addresses.address_unseal(sealed) == NUMBER

    settings.ADDRESS_KEYS = ["n" * 32]
    with pytest.raises(AddressInvalid, match="address_sealed"):
        addresses.address_unseal(sealed)
