"""How many SMS a text takes, held to the standard's own numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_config.sms.segments import segments


@pytest.mark.parametrize("sign", "éèàùìòÇÉÄÖÜñ§@£$¥!?\n")
def test_signs_of_the_gsm_alphabet_cost_one_place(sign: str) -> None:
    assert segments(sign * 160) == segments("a" * 160)
    assert segments(sign * 161).count == 2


@pytest.mark.parametrize("sign", "çêâîôûëïœÀ«»’°")
def test_signs_that_force_ucs_2(sign: str) -> None:
    found = segments(f"Bonjour {sign}")
    assert found.encoding == "UCS-2"
    assert segments(sign * 70).count == 1
    assert segments(sign * 71).count == 2


@pytest.mark.parametrize("sign", "€[]{}\\^~|")
def test_the_extension_table_takes_two_places(sign: str) -> None:
    assert (segments(sign).encoding, segments(sign).units) == ("GSM-7", 2)
    assert segments(sign * 80).count == 1
    assert segments(sign * 81).count == 2


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("a" * 459, 3)],
)
def test_parts_of_a_longer_text_hold_153(text: str, count: int) -> None:
    assert segments(text).count == count


def test_a_sign_of_two_places_is_not_cut() -> None:
    # 152 places, then two that don't fit the last one of the part: 153 + 153 would do without.
    assert segments("a" * 152 + "€" + "a" * 152).count == 3
    assert segments("a" * 153 + "€" + "a" * 151).count == 2


def test_a_surrogate_pair_is_not_cut() -> None:
    assert segments("ç" * 66 + "😀" + "ç" * 66).count == 3
    assert segments("😀" * 35).count == 1


@given(st.text(alphabet="aé€ç😀", max_size=700))
def test_parts_never_hold_less_than_what_is_left_over_allows(text: str) -> None:
    found = segments(text)
    alone, part = (160, 153) if found.encoding == "GSM-7" else (70, 67)
    if found.units <= alone:
        assert found.count == 1
    else:
        # Each part but the last lacks at most one place, where a sign of two did not fit.
        assert -(-found.units // part) <= found.count <= -(-found.units // (part - 1))
