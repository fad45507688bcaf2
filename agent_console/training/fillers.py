"""What stands for hidden words in training data: French that reads on, and nobody's.

First names alone, borne by both sexes; numbers that are kept for fiction (ARCEP, decision
2018-0881); plates numbered 000 and accounts whose check digits are 00, which are never issued; the
domain that RFC 2606 keeps for examples; numbers of houses that are anybody's.  Several of each, so
that no intent is learnt by a name.
"""

import re
import zlib

from agent_console.masking.spans import SHOWN_AS, Kind

_FILLERS = {
    SHOWN_AS[Kind.PERSON]: ("Camille", "Dominique", "Claude", "Alix", "Sacha", "Maxime", "Charlie"),
    SHOWN_AS[Kind.PHONE]: ("06 39 98 00 10", "04 65 71 00 20", "06 39 98 47 35", "0465712210"),
    SHOWN_AS[Kind.PLATE]: ("AB-000-CD", "FG-000-HJ", "KL 000 MN"),
    SHOWN_AS[Kind.EMAIL]: ("camille@example.org", "contact@example.org"),
    SHOWN_AS[Kind.IBAN]: ("FR00 0000 0000 0000 0000 0000 000",),
    SHOWN_AS[Kind.DOOR]: ("7", "12", "23", "48"),
}
_MASK = re.compile("|".join(map(re.escape, _FILLERS)))


class Filler:
    """Fills the masks of one sentence, in order; the same sentence is always filled alike."""

    def __init__(self, sentence: str) -> None:
        self._next = zlib.crc32(sentence.encode())

    def fill(self, part: str) -> str:
        """``part`` of the sentence with its masks filled."""
        return _MASK.sub(self._one, part)

    def _one(self, mask: re.Match[str]) -> str:
        several = _FILLERS[mask.group()]
        self._next += 1
        return several[self._next % len(several)]
