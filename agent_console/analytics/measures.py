"""Every measure, once: totals, drill-down and export all read the same expression.

``key`` and ``total`` are SQL over a row of ``analytics_episode``; a null key puts the row
outside the measure's population.  The keys of a measure exclude each other, so that its shares add
up to 100 %.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from agent_console.citizens.models import ChannelCode
from agent_console.conversations.desk.selectors import LATE_AFTER
from agent_console.conversations.satisfaction import ASKED_ON
from agent_console.nudges.selectors import rule_labels
from agent_console.places.models import Commune

from .models import HandledBy, HandOver, Outcome

WAY_LABELS = {
    "phone": "Téléphone",
    "digital": "Numérique",
    "other": "Guichet, courrier, courriel",
}
_IS_TALK = "analytics_episode.conversation_id IS NOT NULL"
_BY_BOT = "analytics_episode.outcome = 'bot'"
SECONDS, SCORES = "Secondes", "Somme des notes"
_DELAYS = {
    "10s": "10 s au plus",
    "60s": "de 11 s à 1 min",
    "300s": "de 1 à 5 min",
    "600s": "de 5 à 10 min",
    "more": "plus de 10 min",
}


# One threshold for the wall, the queue and the past.
_IN_TIME_S = int(LATE_AFTER.total_seconds())
_SERVED = {
    "in_time": f"Répondu en {_IN_TIME_S // 60} min",
    "late": "Répondu plus tard",
    "call_back": "Rappel demandé",
    "gone": "Sans réponse",
}


def way_of(channel: str) -> str:
    """SQL: by telephone, digital or otherwise; ``channel`` is a column."""
    return (
        f"CASE WHEN {channel} IN ('phone', 'voice') THEN 'phone'"
        f" WHEN {channel} IN ('web', 'sms', 'telegram') THEN 'digital' ELSE 'other' END"
    )


def _served(is_call: bool) -> str:
    sign = "=" if is_call else "<>"
    return (
        f"CASE WHEN analytics_episode.channel {sign} 'voice'"
        " AND analytics_episode.hand_over IN ('asked', 'not_understood') THEN"
        f" CASE WHEN analytics_episode.wait_s <= {_IN_TIME_S} THEN 'in_time'"
        " WHEN analytics_episode.wait_s IS NOT NULL THEN 'late'"
        " WHEN analytics_episode.outcome = 'call_back' THEN 'call_back' ELSE 'gone' END END"
    )


def _by_channel(labels: Mapping[str, str]) -> dict[str, str]:
    """Keys and labels of each channel on which people are asked."""
    return {
        f"{channel}_{key}": f"{channel.label}, {label}"
        for channel in ASKED_ON
        for key, label in labels.items()
    }


def _bucket(column: str) -> str:
    return (
        f"CASE WHEN {column} IS NULL THEN NULL WHEN {column} <= 10 THEN '10s'"
        f" WHEN {column} <= 60 THEN '60s' WHEN {column} <= 300 THEN '300s'"
        f" WHEN {column} <= 600 THEN '600s' ELSE 'more' END"
    )


@dataclass(frozen=True)
class Measure:
    """``labels``: what keys mean, in the order of their showing; without any, keys say it."""

    code: str
    title: str
    key: str
    labels: Mapping[str, str]
    total: str = "0"
    total_title: str = ""
    is_time: bool = False  # keys in their own order, the chart is a line

    @property
    def has_mean(self) -> bool:
        """Whether its total says something as a mean."""
        return self.total_title in (SECONDS, SCORES)


MEASURES: Mapping[str, Measure] = {
    one.code: one
    for one in (
        Measure(
            "channel", "Contacts par canal", "analytics_episode.channel", dict(ChannelCode.choices)
        ),
        Measure(
            "way",
            "Téléphone et numérique",
            way_of("analytics_episode.channel"),
            WAY_LABELS,
        ),
        Measure(
            "hour",
            "Contacts par heure",
            "lpad(analytics_episode.hour::text, 2, '0')",
            {f"{hour:02}": f"{hour} h" for hour in range(24)},
            is_time=True,
        ),
        Measure(
            "commune", "Contacts par commune", "coalesce(analytics_episode.commune_id, '')", {}
        ),
        Measure(
            "outcome", "Issue des contacts", "analytics_episode.outcome", dict(Outcome.choices)
        ),
        Measure(
            "handled_by", "Qui a répondu", "analytics_episode.handled_by", dict(HandledBy.choices)
        ),
        Measure(
            "contained",
            "Traités par l’assistant seul",
            f"CASE WHEN NOT {_IS_TALK} THEN NULL WHEN {_BY_BOT} THEN 'yes' ELSE 'no' END",
            {"yes": "Assistant seul", "no": "Autre issue"},
        ),
        Measure(
            "durable",
            "Sans retour sous 7 jours",
            f"CASE WHEN NOT {_IS_TALK} THEN NULL"
            f" WHEN {_BY_BOT} AND NOT analytics_episode.came_back THEN 'yes'"
            f" WHEN {_BY_BOT} THEN 'came_back' ELSE 'no' END",
            {
                "yes": "Assistant seul, sans retour",
                "came_back": "Assistant seul, puis retour",
                "no": "Autre issue",
            },
        ),
        Measure(
            "first_contact",
            "Résolus au premier contact",
            "CASE WHEN analytics_episode.person IS NULL"
            " OR analytics_episode.outcome IN ('emergency', 'no_request') THEN NULL"
            " WHEN analytics_episode.outcome NOT IN ('bot', 'agent', 'phone') THEN 'no'"
            " WHEN analytics_episode.came_back THEN 'came_back' ELSE 'yes' END",
            {
                "yes": "Résolu, sans retour sous 7 jours",
                "came_back": "Répondu, puis retour",
                "no": "Non résolu",
            },
        ),
        Measure(
            "csat",
            "Satisfaction",
            "CASE WHEN analytics_episode.rating > 0 THEN analytics_episode.rating::text END",
            {"1": "1, pas du tout", "2": "2", "3": "3", "4": "4", "5": "5, tout à fait"},
            total="analytics_episode.rating",
            total_title=SCORES,
        ),
        Measure(
            "csat_channel",
            "Satisfaction, par canal",
            "CASE WHEN analytics_episode.rating > 0 THEN analytics_episode.channel ||"
            " CASE WHEN analytics_episode.rating >= 4 THEN '_high' ELSE '_low' END END",
            _by_channel({"high": "4 ou 5", "low": "1 à 3"}),
            total="analytics_episode.rating",
            total_title=SCORES,
        ),
        Measure(
            "csat_response",
            "Réponses à la question, par canal",
            "CASE WHEN analytics_episode.rating IS NOT NULL THEN analytics_episode.channel ||"
            " CASE WHEN analytics_episode.rating > 0 THEN '_yes' ELSE '_no' END END",
            _by_channel({"yes": "répondu", "no": "sans réponse"}),
        ),
        Measure(
            "hand_over",
            "Passages à un conseiller, par motif",
            "CASE WHEN analytics_episode.hand_over <> 'none' THEN analytics_episode.hand_over END",
            {code: label for code, label in HandOver.choices if code != HandOver.NONE},
        ),
        Measure(
            "fallback",
            "Incompréhensions",
            f"CASE WHEN NOT {_IS_TALK} THEN NULL"
            " ELSE least(analytics_episode.fallbacks, 2)::text END",
            {"0": "Aucune", "1": "Une", "2": "Deux ou plus"},
            total="analytics_episode.fallbacks",
            total_title="Phrases",
        ),
        Measure(
            "answer",
            "Délai de la première réponse",
            _bucket("analytics_episode.answer_s"),
            _DELAYS,
            total="analytics_episode.answer_s",
            total_title=SECONDS,
        ),
        Measure(
            "wait",
            "Attente d’un conseiller",
            _bucket("analytics_episode.wait_s"),
            _DELAYS,
            total="analytics_episode.wait_s",
            total_title=SECONDS,
        ),
        Measure(
            "speed",
            "Vitesse de réponse d’un conseiller",
            "CASE WHEN analytics_episode.wait_s IS NOT NULL THEN"
            " CASE WHEN analytics_episode.channel = 'voice' THEN 'calls' ELSE 'written' END END",
            {"calls": "Appels", "written": "Écrits"},
            total="analytics_episode.wait_s",
            total_title=SECONDS,
        ),
        Measure("service_calls", "Appels demandant un conseiller", _served(is_call=True), _SERVED),
        Measure(
            "service_written", "Écrits demandant un conseiller", _served(is_call=False), _SERVED
        ),
        Measure(
            "attended",
            "Temps des conseillers, par canal",
            "CASE WHEN analytics_episode.attended_s IS NOT NULL THEN analytics_episode.channel END",
            dict(ChannelCode.choices),
            total="analytics_episode.attended_s",
            total_title=SECONDS,
        ),
        Measure(
            "handle",
            "Durée des contacts, par qui a répondu",
            "CASE WHEN analytics_episode.handle_s IS NOT NULL"
            " THEN analytics_episode.handled_by END",
            dict(HandledBy.choices),
            total="analytics_episode.handle_s",
            total_title=SECONDS,
        ),
    )
}


def labels_of(measure: Measure) -> Mapping[str, str]:
    """What the keys of a measure mean, in the order of their showing."""
    if measure.code == "points_given":
        return rule_labels()
    if measure.code not in ("commune", "deposits"):
        return measure.labels
    communes = Commune.objects.order_by("name").values_list("insee", "name")
    return {**dict(communes), "": "Commune non connue"}
