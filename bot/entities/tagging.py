"""What the sequence model sees of each word, and how its tags become spans.

The rules' findings (address, commune, date, numbers) are features, not verdicts: "rue d'Aubagne" is
no commune, and a street's name ends where the words say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.entities.addresses import STOPPERS, STREET_TYPES
from bot.entities.words import Span, Token

LEARNT = ("address", "commune", "place", "item", "waste", "reward")
# What the talk is about tells an item to be fetched from waste to be sorted.
TOPICS = {
    **dict.fromkeys(("book_pickup", "change_pickup", "cancel_pickup"), "pickup"),
    "ask_sorting_rule": "sorting",
    "find_drop_off": "drop_off",
    **dict.fromkeys(("redeem_reward", "list_rewards"), "reward"),
    **dict.fromkeys(("report_issue", "emergency"), "problem"),
    **dict.fromkeys(("inform", "correct_place"), "answer"),
}
OTHER_TOPIC = "other"
_REPEATED = re.compile(r"(.)\1+")
_FAR = 6


def features(tokens: Sequence[Token], spans: Iterable[Span], topic: str) -> list[list[str]]:
    """Feature names of each token; ``spans`` are the rules' findings."""
    marks = _marks(tokens, spans)
    shouted = sum(t.text.isupper() for t in tokens) * 2 > len(tokens)
    base: list[dict[str, str]] = []
    distance = _FAR
    for token, mark in zip(tokens, marks, strict=True):
        folded = token.folded
        distance = 0 if folded in STREET_TYPES else min(distance + 1, _FAR)
        base.append(
            {
                "w": folded,
                "s": "UP" if shouted else _shape(token.text),
                "p": folded[:3],
                "q": folded[-3:],
                "k": str(distance),
                "e": str(folded in STOPPERS),
                **mark,
            }
        )
    words = ["^", "^", *(b["w"] for b in base), "$", "$"]
    rows = []
    for at, own in enumerate(base):
        row = ["bias", f"g={topic}", f"gw={topic}{own['w']}", f"gp={topic}{words[at + 1]}"]
        for offset in (-3, -2, -1, 0, 1, 2, 3):
            if not 0 <= at + offset < len(base):
                row.append(f"{offset}edge")
                continue
            there = base[at + offset]
            if abs(offset) == 3:
                row.append(f"{offset}w={there['w']}")
                continue
            near = abs(offset) < 2
            row.extend(
                f"{offset}{name}={value}"
                for name, value in there.items()
                if near or name not in ("p", "q", "k")
            )
        here, address = at + 2, own.get("address", "-")
        following = base[at + 1]["s"] if at + 1 < len(base) else "$"
        row += [
            f"before={words[here - 1]}|{own['w']}",
            f"after={own['w']}|{words[here + 1]}",
            f"before2={words[here - 2]}|{words[here - 1]}",
            f"ak={address}|{own['k']}",
            f"aw={address}|{words[here + 1]}",
            f"as={address}|{own['s']}|{following}",
        ]
        rows.append(row)
    return rows


def tags(tokens: Sequence[Token], entities: Iterable[tuple[str, int, int]]) -> list[str]:
    """``B-``/``I-``/``O`` of each token for annotated ``(type, start, end)``."""
    result = ["O"] * len(tokens)
    for entity, start, end in entities:
        if entity not in LEARNT:
            continue
        inside = [i for i, token in enumerate(tokens) if token.start >= start and token.end <= end]
        for position, index in enumerate(inside):
            result[index] = f"{'I' if position else 'B'}-{entity}"
    return result


def spans_of(tokens: Sequence[Token], labels: Sequence[str]) -> list[Span]:
    """The spans that a sequence of tags means; an ``I-`` without its ``B-`` opens one."""
    found: list[Span] = []
    before = "O"
    for token, label in zip(tokens, labels, strict=True):
        kind, _, entity = label.partition("-")
        if kind == "I" and before.endswith(f"-{entity}") and found:
            found[-1] = Span(entity, found[-1].start, token.end)
        elif kind != "O":
            found.append(Span(entity, token.start, token.end))
        before = label
    return found


def _marks(tokens: Sequence[Token], spans: Iterable[Span]) -> list[dict[str, str]]:
    marks: list[dict[str, str]] = [{} for _ in tokens]
    for span in spans:
        inside = [i for i, t in enumerate(tokens) if t.start < span.end and t.end > span.start]
        for position, index in enumerate(inside):
            last = "E" if index == inside[-1] else ""
            marks[index][span.entity] = ("I" if position else "B") + last
    return marks


def _shape(text: str) -> str:
    kinds = "".join(
        "X" if c.isupper() else "x" if c.isalpha() else "9" if c.isdigit() else c for c in text
    )
    return _REPEATED.sub(r"\1", kinds)
