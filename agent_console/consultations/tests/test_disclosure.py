"""Sums that name nobody: properties over any votes."""

import uuid
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_console.consultations.disclosure import CELL_MIN, cells_shown

CHOICES = [uuid.UUID(int=number) for number in range(3)]
# How many ballots of each commune for each choice.
BALLOTS = st.dictionaries(
    st.tuples(st.sampled_from(CHOICES), st.sampled_from(["", "13001", "13002", "13206"])),
    st.integers(min_value=1, max_value=15),
)


# A busy machine draws slowly; that says nothing of the sums.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BALLOTS)
def test_no_small_or_unanimous_cell_and_none_by_subtraction(
    ballots: dict[tuple[uuid.UUID, str], int],
) -> None:
    votes = list(Counter(ballots).elements())
    cells = cells_shown(votes)
    whole: Counter[uuid.UUID] = Counter()
    for counts in cells.values():
        whole += counts
    assert whole == Counter(choice for choice, _ in votes)
    named = {insee: counts for insee, counts in cells.items() if insee}
    # With a commune told apart, each cell is large and divided, the remainder too.
    for counts in cells.values() if named else ():
        assert counts.total() >= CELL_MIN
        assert len(+counts) > 1
    for insee, counts in named.items():  # and it is that commune's own sum
        assert counts == Counter(choice for choice, where in votes if where == insee)


def test_a_large_divided_commune_is_told_apart() -> None:
    votes = [(CHOICES[number % 2], "13001") for number in range(CELL_MIN)]
    votes += [(CHOICES[number % 2], "") for number in range(CELL_MIN)]
    assert set(cells_shown(votes)) == {"", "13001"}
    assert set(cells_shown(votes[:-1])) == {""}
