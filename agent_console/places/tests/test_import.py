"""Loading the national base: what is kept, what is refused, and what a kill leaves behind."""

import gzip
import os
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from agent_console.places.ban import loading
from agent_console.places.ban.loading import LoadOvertaken, addresses_load
from agent_console.places.models import Address, AddressLoad, Street
from agent_console.places.services import communes_load

from .ban_file import HEADER, ban_line, ban_write, city_lines

GOOD = ban_line("13206_0001_00012", 12, "Rue Paradis")


def _load(path: Path, **options: object) -> str:
    out = StringIO()
    call_command("import_addresses", str(path), stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def test_only_the_metropolis_is_kept_plain_or_gzipped(metropolis: None, tmp_path: Path) -> None:
    arles = ban_line("13004_0001_00001", 1, "Rue X", postcode="13200", insee="13004")
    lines = [GOOD, arles]
    assert "1 addresses kept, 1 of other communes" in _load(ban_write(tmp_path / "a.csv", lines))
    zipped = ban_write(tmp_path / "b.csv.gz", lines, gzipped=True)
    assert "1 addresses kept, 1 of other communes" in _load(zipped)
    address = Address.objects.select_related("street").get()
    assert (address.street.name, address.street.core) == ("Rue Paradis", "paradis")
    assert (address.number, address.postcode, address.certified) == (12, "13006", True)
    assert (address.street.latitude, address.street.longitude) == (43.29, 5.38)


def test_marseilles_own_code_means_the_arrondissement(metropolis: None, tmp_path: Path) -> None:
    _load(ban_write(tmp_path / "a.csv", [ban_line("13055_1_00001", 1, "Rue X", insee="13055")]))
    assert Street.objects.get().commune_id == "13206"


def test_bad_lines_are_named_and_harm_nothing_else(metropolis: None, tmp_path: Path) -> None:
    path = ban_write(
        tmp_path / "a.csv",
        [
            GOOD,
            "too;few",
            ban_line("13206_0001_00013", "treize", "Rue Paradis"),
            ban_line("13206_0001_00014", 14, ""),
            ban_line("", 15, "Rue Paradis"),
            ban_line("13206_0001_00016", 16, "Rue Paradis", latitude="nan"),
            ban_line("13206_0001_00017", 17, "Rue Paradis", latitude="48.85", longitude="2.35"),
            ban_line("13206_0001_00018", 18, "Rue Paradis", postcode="1300"),
            ban_line("13206_0001_00019", 19, 'Rue "Paradis'),
            ban_line("13206_0001_00020", 20, "Rue \x00"),
            "",
            ban_line("13206_0001_00021", 21, "Rue Paradis", latitude="", longitude=""),
        ],
    )
    with path.open("ab") as file:
        file.write(ban_line("13206_0001_00022", 22, "Rue Para").encode().replace(b"Para", b"\xe9"))
    told = _load(path)
    assert "3 addresses kept, 0 of other communes, 9 bad lines" in told
    bad = AddressLoad.objects.get().bad_lines
    assert bad == [
        [3, "columns"],
        [4, "number"],
        [5, "street"],
        [6, "id"],
        [7, "position"],
        [8, "position"],
        [9, "postcode"],
        [11, "encoding"],
        [14, "encoding"],
    ]
    assert "line 3: columns" in told
    assert Address.objects.get(number=21).latitude is None


def test_a_named_place_without_numbers_is_a_street(metropolis: None, tmp_path: Path) -> None:
    _load(ban_write(tmp_path / "a.csv", [ban_line("13206_b1_99999", 99999, "Vieux Port")]))
    assert (Street.objects.get().name, Address.objects.count()) == ("Vieux Port", 0)


def test_loading_again_changes_nothing_and_an_update_replaces(
    metropolis: None, tmp_path: Path
) -> None:
    gone = ban_line("13206_0002_00001", 1, "Rue Disparue")
    first = ban_write(tmp_path / "a.csv", [GOOD, gone])
    _load(first)
    before = list(Address.objects.order_by("ban_id").values_list("ban_id", "street_id", "number"))
    _load(first)
    assert before == list(
        Address.objects.order_by("ban_id").values_list("ban_id", "street_id", "number")
    )
    moved = ban_line("13206_0001_00012", 12, "Rue du Paradis", latitude=43.30)
    told = _load(ban_write(tmp_path / "b.csv", [moved]), prune=True)
    assert "1 deleted" in told
    assert Address.objects.get().latitude == 43.30
    assert Street.objects.get().name == "Rue du Paradis"


def test_pruning_leaves_other_sources_alone(metropolis: None, tmp_path: Path) -> None:
    other = ban_line("13206_0009_00001", 1, "Rue Paradis")
    _load(ban_write(tmp_path / "a.csv", [other]), source="commune")
    _load(ban_write(tmp_path / "b.csv", [GOOD]), prune=True)
    assert Address.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "columns missing"),
        (b"a;b;c\n1;2;3\n", "columns missing: id, numero"),
        (gzip.compress(HEADER.encode() + b"\n" + GOOD.encode() * 50)[:-20], "cut off"),
    ],
)
def test_a_file_that_is_none_is_refused(
    metropolis: None, tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        _load(path)
    assert not Address.objects.exists()


def test_without_communes_nothing_could_be_kept(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="seed_metropolis"):
        _load(ban_write(tmp_path / "a.csv", [GOOD]))


def test_a_missing_file_is_said(metropolis: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="can't be read"):
        _load(tmp_path / "none.csv")


def test_a_second_run_beside_the_first_stops(
    metropolis: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BATCH_LINES", 10)
    path = ban_write(tmp_path / "a.csv", city_lines(40))

    def other_run(_: int) -> None:
        AddressLoad.objects.update(lines_done=31)

    with pytest.raises(LoadOvertaken):
        addresses_load(path=path, source="BAN", on_progress=other_run)


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_goes_on_where_it_was(tmp_path: Path) -> None:
    """The command is killed in its second batch, which waits for a row that we hold."""
    communes_load()
    count = loading.BATCH_LINES * 3
    path = ban_write(tmp_path / "a.csv", city_lines(count))
    held = list(city_lines(loading.BATCH_LINES + 100))[-1]
    addresses_load(path=ban_write(tmp_path / "held.csv", [held]), source="held")
    held_id = held.split(";")[0]
    url = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict)
    command = subprocess.Popen(
        [sys.executable, "-m", "agent_console.manage", "import_addresses", str(path)],
        env={**os.environ, "DATABASE_OWNER_URL": url, "MDMP_DB_ROLE": "owner"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with transaction.atomic():
            Address.objects.select_for_update().get(ban_id=held_id)
            while not _somebody_waits():
                with pytest.raises(subprocess.TimeoutExpired):
                    command.wait(timeout=0.1)
            command.send_signal(signal.SIGKILL)
            command.wait(timeout=30)
    finally:
        command.kill()
        command.wait(timeout=30)
    load = AddressLoad.objects.get(source="BAN")
    assert (load.lines_done, load.finished_at) == (1 + loading.BATCH_LINES, None)
    assert Address.objects.filter(load=load).count() == loading.BATCH_LINES
    told = _load(path)
    assert f"went on behind line {1 + loading.BATCH_LINES}" in told
    load.refresh_from_db()
    assert (load.kept_count, load.bad_count) == (count, 0)
    assert load.finished_at is not None
    assert Address.objects.count() == count


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])
