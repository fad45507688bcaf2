"""Which personal data stands where, for the data-protection officer, and what no one is behind.

``KINDS`` and ``NOBODYS`` together name every field that could hold something about a person
(``suspects``): whoever adds one declares it here, or a test fails.  Places and fields are read from
the models themselves, durations from the settings.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.db import models

from agent_console.citizens.models import ContactPoint, Resident
from agent_console.conversations.models import Conversation, Message

from .inventory_fields import KIND_FIELDS, NOBODYS

_PEOPLE = (Resident, ContactPoint, Conversation, Message, User)
_WORDS = (models.CharField, models.TextField)
_OPEN = (models.JSONField, models.BinaryField, models.FloatField, ArrayField)
_OURS = ("agent_console.", "channels_config.")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of personal data, in the words of the register (GDPR, article 30).

    ``retention``: the rule that ends it; empty: it ends as ``ends`` says.
    """

    code: str
    label: str
    purpose: str
    basis: str
    recipients: str
    ends: str
    retention: tuple[str, ...] = ()


KINDS: tuple[Kind, ...] = (
    Kind(
        "people",
        "Personnes et contacts",
        "Répondre sur le canal choisi, reconnaître une personne sans connaître son nom.",
        "Mission d’intérêt public",
        "Téléconseillers, opérateurs de téléphonie et de messagerie pour l’acheminement.",
        "Effacés à la demande de la personne. Les adresses sont chiffrées.",
        ("calls",),
    ),
    Kind(
        "proofs",
        "Codes, code secret, connexions",
        "Ne montrer et ne dépenser des points qu’après une preuve.",
        "Mission d’intérêt public",
        "Personne\N{NO-BREAK SPACE}; seules des empreintes sont gardées.",
        "Voir les durées.",
        ("codes", "recognitions", "sessions"),
    ),
    Kind(
        "consents",
        "Réponses à propos des points, choix sur les messages",
        "Prouver ce qui a été demandé et répondu, respecter une opposition.",
        "Consentement (points)\N{NO-BREAK SPACE}; obligation légale (preuve)",
        "Téléconseillers.",
        "Sans personne derrière après un effacement.",
    ),
    Kind(
        "messages",
        "Conversations",
        "Comprendre une demande, y répondre, en retrouver la suite.",
        "Mission d’intérêt public",
        "Téléconseillers\N{NO-BREAK SPACE}; l’assistant, sur nos machines.",
        "Voir les durées.",
        ("messages", "notices"),
    ),
    Kind(
        "reports",
        "Signalements",
        "Réparer l’espace public, dire à l’auteur ce qui est fait.",
        "Mission d’intérêt public",
        "Services et équipes de terrain\N{NO-BREAK SPACE}; l’organisme compétent, sans l’auteur.",
        "Le signalement reste à la ville, sans personne. Voir les durées.",
        ("reports", "originals"),
    ),
    Kind(
        "pickups",
        "Rendez-vous encombrants",
        "Passer à la bonne adresse le bon jour.",
        "Mission d’intérêt public",
        "Équipes de collecte.",
        "Voir les durées.",
        ("pickups",),
    ),
    Kind(
        "points",
        "Porte-monnaie et récompenses",
        "Remercier qui le veut. Le grand livre et la chaîne ne connaissent que des numéros.",
        "Consentement",
        "Le service des points, sans identité. Les partenaires voient un bon, pas une personne.",
        "Perdus à l’effacement, quand le porte-monnaie est fermé.",
        ("unanswered",),
    ),
    Kind(
        "voice",
        "Consultations",
        "Une voix par personne, sans savoir laquelle.",
        "Mission d’intérêt public",
        "Personne ne peut joindre un bulletin à son auteur.",
        "Les listes d’émargement sont des empreintes, les propositions sont masquées.",
    ),
    Kind(
        "rights",
        "Exercice des droits",
        "Rendre compte de ce qui a été consulté, remis, corrigé, effacé.",
        "Obligation légale",
        "Délégué à la protection des données.",
        "Gardé : il ne désigne plus personne après un effacement.",
    ),
    Kind(
        "staff",
        "Agents et caissiers",
        "Savoir qui a fait quoi.",
        "Obligation légale, exécution du contrat de travail",
        "Superviseurs.",
        "Le temps de la fonction, puis l’historique. Journal des accès\N{NO-BREAK SPACE}: voir "
        "les durées.",
        ("audit",),
    ),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a kind stands: a table and its personal fields, as the model calls them."""

    table: str
    title: str
    fields: tuple[str, ...]


def places_of(kind: Kind) -> list[Place]:
    """Read from the models: a field that is gone is not shown, one that is new fails the test."""
    found = []
    for label, names in sorted(KIND_FIELDS[kind.code].items()):
        model = apps.get_model(label)
        fields = tuple(str(model._meta.get_field(name).verbose_name) for name in names.split())
        found.append(Place(model._meta.db_table, str(model._meta.verbose_name), fields))
    return found


def suspects() -> Iterator[str]:
    """``app.Model.field`` of every field that could hold something about a person."""
    for model in apps.get_models():
        if model.__module__.startswith(_OURS) and model._meta.managed:
            for field in model._meta.local_fields:
                if _is_suspect(field):
                    yield f"{model._meta.label}.{field.name}"


def declared() -> set[str]:
    """The same, as ``inventory_fields`` names them."""
    named = [*KIND_FIELDS.values(), NOBODYS]
    return {
        f"{label}.{name}" for one in named for label, names in one.items() for name in names.split()
    }


def _is_suspect(field: models.Field) -> bool:  # type: ignore[type-arg]
    if field.is_relation:
        related = field.related_model
        return isinstance(related, type) and issubclass(related, _PEOPLE)
    if isinstance(field, _WORDS):
        return not field.choices
    return isinstance(field, _OPEN)
