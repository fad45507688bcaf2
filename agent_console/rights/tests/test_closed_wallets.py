"""A restored wallet database does not open an erased person's wallet for long."""

import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from agent_console.citizens.models import ChannelCode, Resident
from agent_console.rights.closed_wallets import wallets_add, wallets_named, wallets_replay
from agent_console.rights.erasing import resident_erase
from agent_console.rights.errands import errand_run
from agent_console.rights.models import Errand
from agent_console.wallet.http import WalletUnavailable

from .conftest import WalletDouble

pytestmark = pytest.mark.django_db


@pytest.fixture
def erased(wallet: WalletDouble) -> list[uuid.UUID]:
    """The wallets of three erased people, in the order in which they were closed."""
    numbers = []
    for _ in range(3):
        resident = Resident.objects.create(wallet_id=uuid.uuid4())
        resident_erase(resident_id=resident.pk, channel=ChannelCode.WEB, actor=None)
        errand_run(errand_id=Errand.objects.get().pk)
        numbers.append(resident.wallet_id)
    assert wallet.closed == numbers
    return [one for one in numbers if one is not None]


def test_a_restored_wallet_is_closed_again_and_again_without_harm(
    erased: list[uuid.UUID], wallet: WalletDouble
) -> None:
    wallet.closed.clear()  # the database of before
    wallet.is_away = True
    with pytest.raises(WalletUnavailable):
        wallets_replay()
    wallet.is_away = False
    assert wallets_replay() == 3
    assert sorted(wallet.closed) == sorted(erased)
    said = StringIO()
    call_command("replay_erasures", stdout=said)
    assert "3 wallets are closed" in said.getvalue()
    assert set(wallet.closed) == set(erased)


def test_a_copy_from_elsewhere_is_read_instead(
    erased: list[uuid.UUID], wallet: WalletDouble, tmp_path: Path
) -> None:
    copy = tmp_path / "newest"
    copy.write_text(f"{uuid.uuid4()}\n")
    wallet.closed.clear()
    call_command("replay_erasures", "--wallets", str(copy), stdout=StringIO())
    assert [str(one) for one in wallet.closed] == copy.read_text().split()


def test_the_file_says_neither_whose_nor_when(erased: list[uuid.UUID], register: Path) -> None:
    path = register.with_name("wallets.txt")
    assert path.read_text().split() == sorted(str(one) for one in erased)
    assert path.stat().st_mode & 0o077 == 0
    assert not any(str(one) in register.read_text() for one in erased)


def test_a_crash_while_writing_leaves_the_file_as_it_was(
    erased: list[uuid.UUID], register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_: int) -> None:
        raise OSError("the machine is gone")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", crash)
        with pytest.raises(OSError, match="machine"):
            wallets_add(uuid.uuid4())
    assert wallets_named() == set(erased)
    one = uuid.uuid4()
    wallets_add(one)
    assert wallets_named() == {*erased, one}


def test_what_cannot_be_written_is_written_later(
    wallet: WalletDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident = Resident.objects.create(wallet_id=uuid.uuid4())
    resident_erase(resident_id=resident.pk, channel=ChannelCode.WEB, actor=None)
    errand = Errand.objects.get()

    def full(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="full"):
            errand_run(errand_id=errand.pk)
    errand_run(errand_id=errand.pk)
    assert wallets_named() == {resident.wallet_id}
    assert not Errand.objects.exists()


def test_a_garbled_file_stops_instead_of_forgetting(register: Path, wallet: WalletDouble) -> None:
    register.parent.mkdir(parents=True)
    register.with_name("wallets.txt").write_text("not a number\n")
    with pytest.raises(ValueError, match="UUID"):
        wallets_replay()
    with pytest.raises(ValueError, match="UUID"):
        wallets_add(uuid.uuid4())


def test_two_writers_lose_nothing_of_each_other(register: Path) -> None:
    numbers = [uuid.uuid4() for _ in range(40)]
    with ThreadPoolExecutor(4) as writers:
        list(writers.map(wallets_add, numbers))
    assert wallets_named() == set(numbers)
