"""Where an address may stand, by rule: a number, a kind of way, a name; the number may be dictated.

The rule is generous at the end of the name ("rue Paradis y a un trou"); the sequence model, which
sees the rule's tags, decides where the name ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.entities.words import NUMBER_WORDS, Span, Token, fold, number_of, vocabulary

STREET_TYPES = frozenset(
    vocabulary(
        "rue r avenue av ave aven boulevard boulvard boulevar bd bld bvd blvd bvld place pl "
        "chemin ch che chem impasse imp impass allee allees all cours crs quai route rte "
        "traverse trav tra montee mte square sq promenade prom corniche esplanade passage "
        "pass ruelle sentier voie rond-point rondpoint vallon escalier escaliers draille "
        "faubourg fbg calade venelle lotissement hameau parvis autoroute rocade"
    )
)
# Also everyday words: only with a name or a number beside them.
AMBIGUOUS_TYPES = frozenset({"r", "ch", "all", "pass", "tra", "cours", "voie", "place", "pl"})
SMALL_WORDS = frozenset(
    vocabulary("de du des la le les l' d' et sur en aux au a saint sainte st ste")
)
SUFFIXES = frozenset({"bis", "ter", "quater", "b", "t"})
# Words that never stand inside a street's name: what follows an address in a message.
STOPPERS = frozenset(
    vocabulary(
        "il y a ya est c' c sont devant derriere pres cote face merci svp bonjour car depuis "
        "dans vers avec sans pour mais qui que qu' quand je j' on nous vous ils elle elles ne "
        "n' pas plus tout toute trop tres un une marseille"
    )
)
ROADS = re.compile(r"(?:a|n|d|rn|rd)\d{1,4}[a-z]?$")
_MAX_NAME_WORDS = 7
_SPLIT = re.compile(
    rf"(?:(?:au |le |numero |n° ?|no )*(?P<number>\d{{1,4}}|{NUMBER_WORDS})"
    rf"(?:[ ,]*(?P<suffix>bis|ter|quater|[a-d])(?![a-z]))?[ ,]+)?(?P<street>.+)"
)


def find_addresses(tokens: Sequence[Token]) -> list[Span]:
    """Candidate spans of type ``address``, left to right."""
    found: list[Span] = []
    at = 0
    while at < len(tokens):
        if _is_type(tokens, at):
            start, end = _number_before(tokens, at), _name_after(tokens, at)
            if end > at + 1 or start < at:
                found.append(Span("address", tokens[start].start, tokens[end - 1].end))
                at = end
                continue
        at += 1
    return found


def normalise_address(text: str) -> dict[str, Any] | None:
    """``{"number": 12, "suffix": "bis", "street": "rue Paradis"}``; street as written."""
    match = _SPLIT.fullmatch(fold(text).strip())
    if match is None:
        return None
    number = number_of(match["number"]) if match["number"] else None
    street = text.strip()[match.start("street") : match.end("street")]
    return {"number": number, "suffix": match["suffix"], "street": street}


def _is_type(tokens: Sequence[Token], at: int) -> bool:
    folded = tokens[at].folded
    if folded not in STREET_TYPES:
        return False
    if folded in AMBIGUOUS_TYPES and at + 1 < len(tokens):
        following = tokens[at + 1].folded
        return following not in STOPPERS and following[0].isalpha()
    return True


def _number_before(tokens: Sequence[Token], at: int) -> int:
    start = at
    while start and tokens[start - 1].folded in (",", "."):
        start -= 1
    if start and tokens[start - 1].folded in SUFFIXES:
        start -= 1
    number = start
    while number and (
        re.fullmatch(r"\d{1,4}", tokens[number - 1].folded)
        or re.fullmatch(NUMBER_WORDS, tokens[number - 1].folded)
        or (tokens[number - 1].folded == "et" and number < start)
    ):
        number -= 1
        if tokens[number].folded.isdecimal():
            break
    return number if number < start else at


def _name_after(tokens: Sequence[Token], at: int) -> int:
    end = at + 1
    while end < len(tokens) and end - at <= _MAX_NAME_WORDS:
        token = tokens[end]
        if token.folded in STOPPERS or token.folded in STREET_TYPES - {"cours", "r", "pass"}:
            break
        if not (token.folded[0].isalnum() or token.folded in ("'", ".")):
            break
        if token.folded.isdecimal() and len(token.folded) > 2:
            break
        end += 1
    while end > at + 1 and tokens[end - 1].folded in SMALL_WORDS | {"'", "."}:
        end -= 1
    return end
