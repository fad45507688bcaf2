"""A typed answer to proposed ones: "2", "deux" and the words of the choice mean the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .words import folded

_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            ("un", "une", "one", "premier", "premiere"),
            ("deux", "two", "deuxieme", "second", "seconde"),
            ("trois", "three", "troisieme"),
            ("quatre", "four"),
            ("cinq", "five"),
            ("six",),
            ("sept", "seven"),
            ("huit", "eight"),
            ("neuf", "nine"),
            ("dix", "ten"),
        ),
        start=1,
    )
    for word in words
}
_BEFORE = ("choix ", "reponse ", "numero ", "option ", "le ", "la ")


def choice_meant(text: str, offered: Sequence[Mapping[str, str]]) -> str:
    """The payload that ``text`` chooses among ``offered`` (``{title, payload}``), or nothing."""
    said = folded(text)
    for prefix in _BEFORE:
        said = said.removeprefix(prefix)
    number = int(said) if said.isdecimal() and len(said) <= 2 else _NUMBERS.get(said, 0)
    if 1 <= number <= len(offered):
        return offered[number - 1]["payload"]
    titles = [button["payload"] for button in offered if folded(button["title"]) == said]
    return titles[0] if said and len(titles) == 1 else ""
