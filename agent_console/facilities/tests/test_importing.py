"""Files of facilities: every mistake is named, nothing is done by halves, nothing twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection

from agent_console.facilities.errors import (
    FacilityError,
    FileInvalid,
    ImportDecided,
    ImportUnknown,
    PermissionMissing,
    PlanChanged,
    TooManyRetired,
)
from agent_console.facilities.importing.planning import Plan
from agent_console.facilities.importing.services import (
    STEPS,
    import_abandon,
    import_confirm,
    import_preview,
    import_run,
)
from agent_console.facilities.models import Facility, FacilityImport, ImportState
from agent_console.places.services import communes_load

from .conftest import EXAMPLE, HEAD, csv_of, line


def run(content: bytes, **changed: object) -> Plan:
    return import_run(content=content, file_name="f.csv", **changed)  # type: ignore[arg-type]


def counts(plan: Plan) -> tuple[int, int, int, int]:
    return len(plan.new), len(plan.changed), len(plan.unchanged), len(plan.retired)


def active() -> set[str]:
    return set(Facility.objects.filter(retired_at=None).values_list("external_id", flat=True))


def test_a_file_again_changes_nothing(metropolis: None) -> None:
    content = csv_of(line(1), line(2), line(3))
    assert counts(run(content)) == (3, 0, 0, 0)
    stamps = list(Facility.objects.values_list("updated_at", flat=True))
    assert counts(run(content)) == (0, 0, 3, 0)
    assert list(Facility.objects.values_list("updated_at", flat=True)) == stamps


def test_rows_that_are_gone_are_retired_and_come_back(metropolis: None) -> None:
    run(csv_of(line(1), line(2)))
    first = Facility.objects.get(external_id="p2").pk
    assert counts(run(csv_of(line(1)))) == (0, 0, 1, 1)
    assert active() == {"p1"}
    assert counts(run(csv_of(line(1), line(2)))) == (0, 1, 1, 0)
    assert Facility.objects.get(external_id="p2", retired_at=None).pk == first


def test_a_partial_file_retires_nothing_and_a_kind_only_its_own(metropolis: None) -> None:
    run(csv_of(line(1), line(2), line(3, kind="textile")))
    assert counts(run(csv_of(line(1)), is_full=False)) == (0, 0, 1, 0)
    assert counts(run(csv_of(line(1)), kind="glass")) == (0, 0, 1, 1)
    assert active() == {"p1", "p3"}
    run(csv_of(line(1)), source="autre")
    assert active() == {"p1", "p3"}  # another source's p1 beside ours
    assert Facility.objects.filter(retired_at=None).count() == 3


def test_changed_fields_are_named_and_stored(metropolis: None) -> None:
    run(csv_of(line(1)))
    plan = run(csv_of("p1;glass;Autre nom;13201;43.31;5.4;;"))
    assert plan.changed[0].fields == ("name", "commune_id", "latitude", "opening_hours")
    row = Facility.objects.get()
    assert (row.name, row.commune_id, row.latitude) == ("Autre nom", "13201", 43.31)


def test_a_dry_run_touches_nothing(metropolis: None) -> None:
    assert counts(run(csv_of(line(1)), is_dry=True)) == (1, 0, 0, 0)
    assert not Facility.objects.exists()
    assert not FacilityImport.objects.exists()


def test_a_file_that_lacks_most_must_be_meant(metropolis: None) -> None:
    whole = csv_of(*(line(number) for number in range(20)))
    piece = csv_of(*(line(number) for number in range(5)))
    run(whole)
    with pytest.raises(TooManyRetired):
        run(piece)
    assert len(active()) == 20
    assert counts(run(piece, accept_retirements=True)) == (0, 0, 5, 15)


@pytest.mark.parametrize(
    ("row", "line_number", "column", "part"),
    [
        (";glass;N;13055;43.3;5.4;;", 3, "id", "manque"),
        ("p1;glass;N;13055;43.3;5.4;;", 3, "id", "déjà à la ligne 2"),
        ("p2;;N;13055;43.3;5.4;;", 3, "type", "manque"),
        ("p2;verrerie;N;13055;43.3;5.4;;", 3, "type", "pas un type connu"),
        ("p2;glass;;13055;43.3;5.4;;", 3, "nom", "manque"),
        ("p2;glass;N;75056;43.3;5.4;;", 3, "insee", "pas une commune"),
        ("p2;glass;N;;43.3;5.4;;", 3, "insee", "indiquez"),
        ("p2;glass;N;13055;5.4;43.3;;", 3, "latitude", "inversées"),
        ("p2;glass;N;13055;nan;5.4;;", 3, "latitude", "nombre"),
        ("p2;glass;N;13055;1e999;5.4;;", 3, "latitude", "nombre"),
        ("p2;glass;N;13055;43.3;;;", 3, "longitude", "nombre"),
        ("p2;glass;N;13055;43.3;5.4;lundi 9h;", 3, "horaires", "pas compris"),
        ("p2;glass;N;13055;43.3;5.4;;uranium", 3, "dechets", "uranium"),
        (f"p2;glass;{'N' * 200};13055;43.3;5.4;;", 3, "nom", "120"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    metropolis: None, row: str, line_number: int, column: str, part: str
) -> None:
    with pytest.raises(FileInvalid) as refused:
        run(csv_of(line(1), row))
    (error,) = [error for error in refused.value.rows if error.column == column][:1]
    assert error.line == line_number
    assert part in error.message
    assert not Facility.objects.exists()


def test_lines_are_counted_through_quoted_breaks_and_blank_lines(metropolis: None) -> None:
    content = (
        HEAD + 'p1;glass;"Borne\nde verre";13055;43.3;5.4;;\n\np2;x;N;13055;43.3;5.4;;\n'
    ).encode()
    with pytest.raises(FileInvalid) as refused:
        run(content)
    assert str(refused.value.rows[0]).startswith("Ligne 5, type")


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "Colonnes manquantes"),
        (HEAD.encode(), "aucune ligne"),
        (b"id;nom\n1;a\n", "latitude, longitude"),
        ((HEAD.strip() + ";couleur\n").encode(), "couleur"),
        (HEAD.encode() + b"p1;glass\n", "2 colonnes au lieu de 8"),
        (HEAD.encode() + b'p1;glass;"sans fin\n', "mal formé"),
        ("id;nom\né".encode("latin-1"), "UTF-8"),
        (b"\x00\x01", "texte"),
        (b"PK\x03\x04\xff\xfe", "UTF-8"),
        (b"{", "mal formé"),
        (b'{"type": "Feature"}', "FeatureCollection"),
        (b"{" + b'"a":[' * 100_000, "mal formé"),
        (b'{"type": "FeatureCollection", "features": [{"type": "Feature"}]}', "point"),
    ],
)
def test_what_is_no_file_of_facilities_is_refused(
    metropolis: None, content: bytes, part: str
) -> None:
    with pytest.raises(FileInvalid) as refused:
        run(content)
    assert part in refused.value.message


def test_commas_byte_order_marks_and_words_are_understood(metropolis: None) -> None:
    head = "id,type,nom,commune,latitude,longitude,dechets\n"
    row = '1,Borne à verre,Place,"AIX en Provence","43,52",5.44,"emballages en verre|PAPER"'
    run(b"\xef\xbb\xbf" + csv_of(row, head=head))
    made = Facility.objects.get()
    assert (made.kind, made.commune_id, made.latitude) == ("glass", "13001", 43.52)
    assert made.accepts == ["glass", "paper"]


def test_geojson_is_read_like_a_table(metropolis: None) -> None:
    feature = {
        "type": "Feature",
        "id": 7,
        "geometry": {"type": "Point", "coordinates": [5.4, 43.3, 12.0]},
        "properties": {
            "nom": "Borne", "insee": "13055", "dechets": ["glass", "paper"], "exemple": True,
            "couleur": "verte",
        },
    }  # fmt: skip
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    run(content, kind="glass")
    made = Facility.objects.get()
    assert (made.external_id, made.longitude, made.is_example) == ("7", 5.4, True)
    assert made.accepts == ["glass", "paper"]


def test_the_example_file_says_that_it_is_one(examples: None) -> None:
    rows = list(Facility.objects.all())
    assert len(rows) == 8
    assert all(row.is_example and row.name.startswith("EXEMPLE – ") for row in rows)


def test_the_command_reports_and_refuses(metropolis: None, tmp_path: Path) -> None:
    out, err = StringIO(), StringIO()
    call_command("import_facilities", EXAMPLE, "--dry-run", stdout=out, stderr=err)
    assert "8 nouveaux" in out.getvalue()
    assert not Facility.objects.exists()
    call_command("import_facilities", EXAMPLE, stdout=out, stderr=err)
    assert Facility.objects.count() == 8
    assert "100%" in err.getvalue()
    wrong = tmp_path / "faux.csv"
    wrong.write_bytes(csv_of("p1;glass;;13055;43.3;5.4;;"))
    with pytest.raises(CommandError, match="Ligne 2, nom"):
        call_command("import_facilities", wrong, stdout=out, stderr=err)
    with pytest.raises(CommandError, match="illisible"):
        call_command("import_facilities", tmp_path / "absent.csv")
    assert FacilityImport.objects.get().actor is None


def preview(actor: User, content: bytes) -> FacilityImport:
    return import_preview(
        content=content, file_name="f.csv", source="test", kind="", is_full=True, actor=actor
    )


def test_a_preview_is_confirmed_once(metropolis: None, supervisor: User) -> None:
    shown = preview(supervisor, csv_of(line(1)))
    assert not Facility.objects.exists()
    done = import_confirm(import_id=shown.id, actor=supervisor)
    assert (done.state, done.new_count, done.content) == (ImportState.APPLIED, 1, None)
    for act in (import_confirm, import_abandon):
        with pytest.raises(ImportDecided):
            act(import_id=shown.id, actor=supervisor)
    assert active() == {"p1"}


def test_what_changed_since_the_preview_is_noticed(metropolis: None, supervisor: User) -> None:
    shown = preview(supervisor, csv_of(line(1)))
    run(csv_of(line(1), line(2)), source="test")
    with pytest.raises(PlanChanged):
        import_confirm(import_id=shown.id, actor=supervisor)
    assert active() == {"p1", "p2"}
    assert FacilityImport.objects.get(pk=shown.pk).state == ImportState.PREVIEWED


def test_a_new_preview_gives_up_the_old_one(metropolis: None, supervisor: User) -> None:
    old = preview(supervisor, csv_of(line(1)))
    preview(supervisor, csv_of(line(2)))
    old.refresh_from_db()
    assert (old.state, old.content) == (ImportState.ABANDONED, None)


def test_who_may_not_import_imports_nothing(
    metropolis: None, supervisor: User, make_user: Callable[..., User]
) -> None:
    shown = preview(supervisor, csv_of(line(1)))
    other = make_user("camille")
    attempts: list[Callable[[], FacilityImport]] = [
        lambda: preview(other, csv_of(line(1))),
        lambda: import_confirm(import_id=shown.id, actor=other),
        lambda: import_abandon(import_id=shown.id, actor=other),
    ]
    for attempt in attempts:
        with pytest.raises(PermissionMissing):
            attempt()
    with pytest.raises(ImportUnknown):
        import_confirm(import_id="00000000-0000-0000-0000-000000000000", actor=supervisor)  # type: ignore[arg-type]
    assert not Facility.objects.exists()


def test_every_step_that_the_table_refuses_is_refused(metropolis: None, supervisor: User) -> None:
    acts = {ImportState.APPLIED: import_confirm, ImportState.ABANDONED: import_abandon}
    for state in ImportState:
        for wanted, act in acts.items():
            shown = preview(supervisor, csv_of(line(1)))
            FacilityImport.objects.filter(pk=shown.pk).update(state=state)
            if wanted in STEPS[state]:
                act(import_id=shown.id, actor=supervisor)
            else:
                with pytest.raises(ImportDecided):
                    act(import_id=shown.id, actor=supervisor)


def test_a_fault_halfway_leaves_everything_as_it_was(
    metropolis: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(csv_of(line(1), line(2)))

    def fail(*args: object, **kwargs: object) -> None:
        raise IntegrityError("disk full")

    monkeypatch.setattr(Facility.objects.__class__, "bulk_update", fail)
    with pytest.raises(IntegrityError):
        run(csv_of(line(1, latitude=43.4), line(3)))
    assert active() == {"p1", "p2"}
    assert FacilityImport.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_import_once(make_user: Callable[..., User]) -> None:
    communes_load()
    actor = make_user("nadia", "facilities.import_facilities")
    shown = preview(actor, csv_of(line(1), line(2)))
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def press() -> None:
        together.wait(timeout=10)
        try:
            import_confirm(import_id=shown.id, actor=actor)
            outcomes.append("done")
        except FacilityError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["done", "import_decided"]
    assert active() == {"p1", "p2"}
