"""Lines without a meaning that look like French: what an assistant should never act on."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise


def noise_lines(texts: Sequence[str], count: int = 300) -> list[str]:
    """Lines of one to four words that no text has, letter after letter as the texts have them."""
    draw = random.Random(7)  # noqa: S311  the same noise at every run
    words = {word for text in texts for word in re.findall(r"[a-zà-ÿ]+", text.lower())}
    following: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        for letter, then in pairwise(f"^{word}$"):
            following[letter].append(then)

    def invented() -> str:
        while True:
            word, then = "", draw.choice(following["^"])
            while then != "$" and len(word) < 12:
                word, then = word + then, draw.choice(following[then])
            if len(word) > 2 and word not in words:
                return word

    return [" ".join(invented() for _ in range(draw.randint(1, 4))) for _ in range(count)]
