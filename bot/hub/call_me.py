""" "Rappelez-moi" is a command of the hub's own: no model guesses it, and no number is lost."""

from __future__ import annotations

import json
import re

# Alone or with a number: anything more is a sentence for the NLU ("rappelez-moi mon solde" asks for
# no call).
_CALL_ME = re.compile(
    r"^\W*(?:rappelez[- ]moi|call me back)(?:\s+(?:svp|s['’]il vous pla[iî]t|please))?"
    r"(?:\s*(?:au|à|on|:)?\s*(?P<phone>\+?\d[\d .()/-]{5,24}))?\W*$",
    re.IGNORECASE,
)


def call_back_command(text: str) -> str:
    """The command for a wish to be called back; empty when the text is none."""
    found = _CALL_ME.match(text)
    if found is None:
        return ""
    phone = {"phone": found["phone"].strip()} if found["phone"] else {}
    return "/ask_callback" + json.dumps(phone)
