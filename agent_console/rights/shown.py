"""A person's data as a page shows it: the same structures, with French headings; and as a file."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, JsonResponse

_HEADINGS = {
    "contacts": "Contacts",
    "consents": "Réponses à propos des points",
    "reports": "Signalements",
    "supports": "Signalements suivis",
    "pickups": "Rendez-vous encombrants",
    "calls": "Appels à l’accueil téléphonique",
    "recordings": "Conversations téléphoniques enregistrées",
    "messages": "Messages",
    "notices": "Messages annoncés",
    "satisfaction": "Questions sur votre satisfaction",
    "cards": "Cartes de tri",
    "deposits": "Dépôts de verre",
    "consultations": "Consultations",
    "sessions": "Connexions à Mon espace",
}
_LABELS = {
    "about": "motif",
    "address": "adresse",
    "answer": "réponse",
    "answers": "réponses",
    "at": "le",
    "by": "par",
    "channel": "canal",
    "closed_at": "fermé le",
    "collector": "collecteur",
    "comment": "commentaire",
    "commune": "commune",
    "contact": "contact",
    "count": "nombre",
    "day": "jour",
    "ends_with": "finit par",
    "feedback": "retours",
    "for_whom": "pour qui",
    "from": "de",
    "has_voted": "a voté",
    "is_solved": "réglé",
    "items": "objets",
    "kind": "sorte",
    "language": "langue",
    "message_wishes": "choix sur les messages",
    "note": "note",
    "objects": "objets",
    "place": "lieu",
    "points_state": "état des points",
    "problem": "problème",
    "proposals": "propositions",
    "proved_at": "prouvé le",
    "question": "question posée",
    "reference": "référence",
    "score": "note donnée, de 1 à 5",
    "seen": "vu le",
    "since": "depuis",
    "site": "lieu",
    "state": "état",
    "text": "texte",
    "title": "titre",
    "until": "jusqu’au",
    "wants_messages": "veut des messages",
    "wants_no_messages_since": "sans messages depuis",
    "what": "objet",
}


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of data: a heading, and each row as pairs of label and words."""

    name: str
    heading: str
    rows: list[list[tuple[str, str]]]


def sections_of(data: dict[str, Any]) -> list[Section]:
    """What there is, without what is empty."""
    return [
        Section(
            name,
            heading,
            [
                [(_LABELS.get(key, key), _words(value)) for key, value in row.items() if value]
                for row in data[name]
            ],
        )
        for name, heading in _HEADINGS.items()
        if data[name]
    ]


def data_file(data: dict[str, Any]) -> HttpResponse:
    """A person's data as a file that is kept nowhere."""
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="mes-donnees.json"'
    return response


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return " ; ".join(_words(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{_LABELS.get(key, key)} {_words(one)}" for key, one in value.items())
    text = "" if value is None else str(value)
    return f"{text[8:10]}/{text[5:7]}/{text[:4]} {text[11:16]}" if _is_moment(text) else text


def _is_moment(text: str) -> bool:
    return len(text) >= 25 and (text[4], text[7], text[10], text[13]) == ("-", "-", "T", ":")
