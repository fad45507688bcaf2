"""A code survives being typed, read aloud and misread; a wrong one is known at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_kit import voucher_code
from service_kit.voucher_code import ALPHABET, Flaw, NotACode, parse, shown, with_check

codes = st.text(alphabet=ALPHABET, min_size=8, max_size=8).map(with_check)


@given(codes)
def test_a_code_is_read_back_however_it_is_written(code: str) -> None:
    assert parse(code) == code
    assert parse(shown(code)) == code
    assert parse(f"  {shown(code).lower().replace('-', ' ')}\u00a0") == code
    assert parse(code.replace("0", "O").replace("1", "l")) == code


@given(codes, st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_always_found(code: str, position: int, wrong: str) -> None:
    if code[position] == wrong:
        wrong = ALPHABET[(ALPHABET.index(wrong) + 1) % len(ALPHABET)]
    with pytest.raises(NotACode) as refused:
        parse(code[:position] + wrong + code[position + 1 :])
    assert refused.value.flaw is Flaw.CHECK


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", Flaw.EMPTY),
        (" - ", Flaw.EMPTY),
        ("123-456", Flaw.LENGTH),
        ("123-456-782-0", Flaw.LENGTH),
        ("123-456-78S", Flaw.SYMBOL),
        ("123-456-78²", Flaw.SYMBOL),
        ("123-456-783", Flaw.CHECK),
    ],
)
def test_what_is_wrong_with_a_text_is_named(text: str, flaw: Flaw) -> None:
    with pytest.raises(NotACode) as refused:
        parse(text)
    assert refused.value.flaw is flaw


def test_a_drawn_code_is_a_code() -> None:
    drawn = {voucher_code.draw() for _ in range(200)}
    assert len(drawn) == 200
    assert all(parse(code) == code for code in drawn)
