"""Street names as they are searched: kind, core words, sounds; abbreviations in both directions."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..names import fold
from ..vocabulary import vocabulary
from .numbers import with_digits
from .sounds import distance, sound

_KINDS = {
    "rue": "r ru reu",
    "avenue": "av ave aven avn",
    "boulevard": "bd bld blvd boul bvd bouvelard",
    "place": "pl plc",
    "placette": "",
    "chemin": "che ch chem chm",
    "impasse": "imp impas",
    "traverse": "tra trav tr trsse",
    "allee": "all allees",
    "square": "sq sqr",
    "route": "rte rt",
    "quai": "qu",
    "cours": "crs cr",
    "montee": "mte mtee",
    "passage": "pass psg",
    "rond point": "rpt rdpt rp ront",
    "residence": "res resid rce",
    "lotissement": "lot lotiss",
    "esplanade": "esp espl",
    "promenade": "prom",
    "escalier": "esc escaliers",
    "faubourg": "fbg fg",
    "hameau": "ham",
    "quartier": "quart qrt",
    "domaine": "dom",
    "ruelle": "rle",
    "sentier": "sent sen",
    "voie": "voi",
    "villa": "vla",
    "cite": "cte",
    "carrefour": "carr",
    "corniche": "corn",
    "parvis": "",
    "clos": "",
    "vallon": "vall",
    "tunnel": "",
    "viaduc": "",
    "plateau": "plt",
    "digue": "",
    "rampe": "rpe",
    "draille": "",
    "carraire": "",
    "venelle": "",
    "autoroute": "",
    "parc": "",
    "porte": "",
}
_KIND_OF = {
    **{kind: kind for kind in _KINDS},
    **{short: kind for kind, shorts in _KINDS.items() for short in shorts.split()},
}
# Only these are recognised when they are misspelled: long, and said all the time.
_OFTEN = ("avenue", "boulevard", "chemin", "impasse", "traverse", "allee", "square", "montee")
_TITLES = {
    "saint": "sts",
    "general": "gal gen gnl",
    "marechal": "mal mar mchal",
    "docteur": "dr doc",
    "president": "pdt prdt",
    "commandant": "cdt cmdt",
    "capitaine": "cne cap capt",
    "colonel": "col cel",
    "lieutenant": "lt ltt lieut",
    "professeur": "pr prof",
    "monseigneur": "mgr",
    "sergent": "sgt",
    "amiral": "aml amal",
    "notre dame": "nd",
    "jean": "jn",
    "grand": "gd gr",
    "grande": "gde",
    "petit": "pt ptit",
    "petite": "pte",
    "chateau": "chat cht",
    "vieux": "vx",
    "ancien": "anc",
}
_TITLE_OF = {short: title for title, shorts in _TITLES.items() for short in shorts.split()}
ARTICLES = frozenset(vocabulary("de du des d la le les l a au aux en et sur sous"))
_ADJECTIVES = ("ancien", "ancienne", "vieux", "vieille", "grand", "grande", "petit", "petite")
_DELETED_CHARS = (4, 9)
# What a street's name tells little by.
_LIGHT = frozenset(_TITLE_OF.values()) | {"sainte", "notre", "dame", "pierre", "abbe", "pere"}

_SAINTS = ("saint", "sainte", "notre", "dame")


@dataclass(frozen=True)
class StreetWords:
    """``kind`` is empty for "La Canebière"; ``core`` is never empty for a real street."""

    kind: str
    core: tuple[str, ...]

    @property
    def keys(self) -> list[str]:
        """The keys by which the street is looked up when trigrams can't: see ``lookup_keys``."""
        return lookup_keys(self.core)

    @property
    def telling_keys(self) -> list[str]:
        """The same without the words that half of all names have, unless there are no others."""
        telling = [word for word in self.core if word not in _LIGHT]
        names = [word for word in self.core if word not in _SAINTS]
        return lookup_keys(telling or names or self.core)


def expanded(text: str) -> list[str]:
    """The folded words of ``text``, titles spelled out, numbers as digits."""
    words: list[str] = []
    for word in fold(text).split():
        words += _TITLE_OF.get(word, word).split()
    return with_digits(words)


def lookup_keys(words: Sequence[str]) -> list[str]:
    """How words sound, and every short word and sound, whole and with one letter less.

    Two spellings one edit apart share such a key, also where a swap leaves a short word hardly any
    trigram ("hneri").
    """
    keys: set[str] = set()
    for word in words:
        if len(word) < 3 and not word.isdigit():
            continue
        key = sound(word)
        keys.add(f"~{key}")
        for text in () if word.isdigit() else (word, f"~{key}"):
            if _DELETED_CHARS[0] <= len(text) <= _DELETED_CHARS[1]:
                keys.add(text)
                first = 1 if text[0] == "~" else 0
                keys |= {text[:at] + text[at + 1 :] for at in range(first, len(text))}
    return sorted(keys)


@lru_cache(maxsize=4096)
def kind_of(word: str) -> str:
    """The kind of street that a folded word means ("bd" → "boulevard"), or an empty text."""
    known = _KIND_OF.get(word, "")
    if known or len(word) < 5:
        return known
    return next((kind for kind in _OFTEN if distance(word, kind, 1) <= 1), "")


def street_words(name: str) -> StreetWords:
    """A street's name as it is searched.

    >>> street_words("Ancien Chemin de Cassis")
    StreetWords(kind='chemin', core=('ancien', 'cassis'))
    """
    return split_kind(expanded(name))


def split_kind(words: Sequence[str]) -> StreetWords:
    """Kind and core of expanded words that begin with the street."""
    rest = list(words)
    kind = ""
    for at, word in enumerate(rest[:3]):
        if is_rond_point(rest, at):
            kind, rest = "rond point", rest[:at] + rest[at + 2 :]
            break
        # Names that are a kind alone ("La Corniche") keep it as their core.
        if kind_of(word) and len(rest) > at + 1:
            kind, rest = kind_of(word), rest[:at] + rest[at + 1 :]
            break
        if word not in _ADJECTIVES and word not in ARTICLES:
            break
    core = tuple(word for word in rest if word not in ARTICLES)
    return StreetWords(kind=kind, core=core or tuple(rest))


def is_rond_point(words: Sequence[str], at: int) -> bool:
    """Whether "rond point" stands at ``at``."""
    return words[at] in ("rond", "ront", "rd") and list(words[at + 1 : at + 2]) in (
        ["point"],
        ["pt"],
        ["petit"],
    )


def weight(word: str) -> float:
    """How much a word of a name tells."""
    if word.isdigit():
        return 4.0
    return min(len(word), 8) * (0.5 if word in _LIGHT else 1.0)
