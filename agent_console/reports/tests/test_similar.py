"""Near reports: same family, near in place and time, open or just resolved, ranked."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agent_console.conversations.models import Conversation
from agent_console.places.models import Commune
from agent_console.reports.intake import Intake
from agent_console.reports.models import Category, Report, Support
from agent_console.reports.services import report_create
from agent_console.reports.similar import Similar, reports_similar, similar_to
from agent_console.reports.workflow import State

LATITUDE, LONGITUDE = 43.2900, 5.3800
METRE = 1 / 111_195  # degrees of latitude

pytestmark = pytest.mark.usefixtures("metropolis")


def make(category: str = "pothole", *, north_m: float | None = None, **said: object) -> Report:
    """A report by phone, ``north_m`` metres north of the place or in words only."""
    place: dict[str, object] = {"address": "12 rue Paradis", "commune": "Marseille"}
    if north_m is not None:
        place = {"latitude": LATITUDE + north_m * METRE, "longitude": LONGITUDE}
    intake = Intake(category_code=category, channel="phone", **(place | said))  # type: ignore[arg-type]
    return report_create(intake_key=f"test:{uuid.uuid4()}", intake=intake)


def find(category: str = "pothole", **asked: object) -> list[Similar]:
    given: dict[str, object] = {
        "latitude": None,
        "longitude": None,
        "address": "",
        "commune": None,
        "text": "",
        "at": timezone.now(),
    }
    return reports_similar(category=Category.objects.get(pk=category), **(given | asked))  # type: ignore[arg-type]


def here(category: str = "pothole", **asked: object) -> list[Report]:
    found = find(category, latitude=LATITUDE, longitude=LONGITUDE, **asked)
    return [one.report for one in found]


def street(address: str, commune: str = "13055") -> list[Report]:
    found = find(address=address, commune=Commune.objects.get(pk=commune))
    return [one.report for one in found]


def test_the_categorys_radius_decides_to_the_metre() -> None:
    near, far = make(north_m=49), make(north_m=51)
    assert here() == [near]
    assert find(latitude=LATITUDE, longitude=LONGITUDE)[0].distance_m == 49
    Category.objects.filter(pk="pothole").update(duplicate_radius_m=60)
    assert here() == [near, far]


def test_only_the_same_family_is_compared() -> None:
    pavement = make("damaged_pavement", north_m=5)
    make("graffiti", north_m=5)
    make("other", north_m=5)
    assert here() == [pavement]
    assert here("other") == []


def test_what_is_too_old_or_closed_is_not_shown() -> None:
    recent, old, resolved, long_resolved, rejected = (make(north_m=5) for _ in range(5))
    now = timezone.now()
    Report.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=61))
    for report, state, days in (
        (resolved, State.RESOLVED, 6),
        (long_resolved, State.RESOLVED, 8),
        (rejected, State.REJECTED, 1),
    ):
        Report.objects.filter(pk=report.pk).update(
            state=state, closed_at=now - timedelta(days=days)
        )
    found = find(latitude=LATITUDE, longitude=LONGITUDE)
    assert {one.report for one in found} == {recent, resolved}
    assert {one.report.pk: one.is_open for one in found} == {recent.pk: True, resolved.pk: False}


@pytest.mark.parametrize(
    "address",
    [
        "12 rue Paradis",
        "14 bis, Rue PARADIS",
        "r. paradis",
        "12 rue de Paradis, 13006 Marseille",
        "32 rue Paradis",
    ],
)
def test_without_a_position_the_same_street_is_near(address: str) -> None:
    made = make()
    assert street(address) == [made]


@pytest.mark.parametrize("address", ["33 rue Paradis", "12 cours Paradis", "12 rue Breteuil"])
def test_another_street_or_stretch_is_not(address: str) -> None:
    make()
    assert street(address) == []


def test_accents_abbreviations_and_landmarks_are_one_spelling() -> None:
    made = make(address="3 Bd. Françoise-Duparc")
    assert street("BOULEVARD FRANCOISE DUPARC") == [made]
    saint = make(address="5 rue St Ferréol")
    assert street("rue SAINT-FERREOL") == [saint]
    landmark = make(address="", place="Devant l’école Pommier")
    found = find(place="devant l'ecole pommier", commune=Commune.objects.get(pk="13055"))
    assert [one.report for one in found] == [landmark]
    assert found[0].where == "même repère"


def test_marseille_and_its_arrondissements_meet_other_communes_do_not() -> None:
    sixth = make(commune="Marseille 6e")
    make(commune="Aubagne")
    assert street("rue Paradis", "13055") == [sixth]
    assert street("rue Paradis", "13206") == [sixth]
    assert street("rue Paradis", "13208") == []


def test_one_with_and_one_without_a_position_are_compared_by_street() -> None:
    worded = make()
    paradis = {"address": "12 rue Paradis", "commune": "Marseille"}
    far = make(north_m=400, **paradis)
    assert set(street("12 rue Paradis")) == {far, worded}
    assert here(address="12 rue Paradis", commune=Commune.objects.get(pk="13055")) == [worded]


def test_a_position_that_may_be_the_middle_of_a_street_hides_nothing() -> None:
    middle = make(north_m=400, address="rue Paradis", commune="Marseille")
    assert here(address="12 rue Paradis", commune=Commune.objects.get(pk="13055")) == [middle]
    assert here(address="12 rue Breteuil", commune=Commune.objects.get(pk="13055")) == []


def test_distance_words_and_category_rank() -> None:
    at_40 = make(north_m=40, description="Un arbre est tombé")
    alike = make(north_m=40, description="Gros trou devant la boulangerie")
    at_2 = make("damaged_pavement", north_m=2)
    assert here(text="un trou devant la boulangerie") == [alike, at_2, at_40]
    assert here()[0] == at_2


def test_the_answer_says_how_far_and_how_many_and_names_nobody(
    conversation: Conversation,
) -> None:
    made = make(
        north_m=18, address="12 rue Paradis", commune="Marseille", place="chez Mme Durand",
        description="Vu par Mme Durand",
    )  # fmt: skip
    Support.objects.create(report=made, channel="web", conversation=conversation)
    Support.objects.create(report=made, channel="phone")
    Support.objects.create(report=made, channel="phone", ended_at=timezone.now())
    (found,) = find(latitude=LATITUDE, longitude=LONGITUDE)
    assert found.label == "Trou dans la chaussée, 12 rue Paradis, à 20\u00a0m"
    assert found.said_by == "déjà signalé par 3\u00a0personnes"
    assert found.supporters_count == 2


def test_a_report_is_not_near_itself() -> None:
    one, other = make(north_m=0), make(north_m=3)
    assert [found.report for found in similar_to(one)] == [other]


def test_both_searches_can_use_their_index() -> None:
    made = make(north_m=0, address="12 rue Paradis", commune="Marseille")
    for number in range(40):
        make(north_m=1000 + number)
    plans = []
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reports_report")
        cursor.execute("SET LOCAL enable_seqscan = off")
        # On so few rows any index would do: of those that are no key only the two in question are
        # left, until the rollback.
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index"
            " WHERE indrelid = 'reports_report'::regclass AND NOT indisunique"
            " AND indexrelid::regclass::text NOT IN ('report_street', 'report_position')"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {name}")
        for where in ({"address": "12 rue Paradis", "commune": made.commune},
                      {"latitude": LATITUDE, "longitude": LONGITUDE}):  # fmt: skip
            with CaptureQueriesContext(connection) as context:
                find(**where)
            queries = [query["sql"] for query in context.captured_queries]
            searched = [query for query in queries if 'FROM "reports_report"' in query]
            cursor.execute(f"EXPLAIN {searched[-1]}")
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
    assert "report_street" in plans[0]
    assert "report_position" in plans[1]
