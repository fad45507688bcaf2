"""Refusals of rules, rewards, reviews and corrections; the bot may say them as they are."""

from __future__ import annotations

REFUSALS: dict[str, tuple[int, str]] = {
    # Rules and campaigns
    "rule_unknown": (404, "Aucune règle en vigueur ne récompense cette action."),
    "rule_start_in_past": (
        422,
        "Une règle ne peut pas commencer dans le passé : ce qui a été gagné reste acquis.",
    ),
    "rule_terms_contradict": (
        422,
        "Un plafond est inférieur aux points d’une seule action : la règle ne paierait jamais.",
    ),
    "campaign_unknown": (404, "Cette campagne n’existe pas."),
    "campaign_code_taken": (409, "Une autre campagne porte déjà ce code."),
    "campaign_dates_contradict": (422, "La campagne finit avant de commencer, ou est déjà passée."),
    # Rewards
    "reward_unknown": (404, "Cette récompense n’existe pas."),
    "reward_not_pending": (409, "Cette récompense a déjà été attribuée ou refusée."),
    "reward_not_posted": (409, "Cette récompense n’a pas été attribuée : rien n’est à reprendre."),
    "reward_too_large": (422, "Cette quantité dépasse ce qu’une seule récompense peut valoir."),
    "evidence_already_rewarded": (409, "Ce justificatif a déjà donné lieu à une récompense."),
    "cooling_off": (
        409,
        "Cette action vient d’être récompensée : il faut attendre un peu avant la prochaine fois.",
    ),
    "cap_day_reached": (
        409,
        "Le plafond de points du jour est atteint pour cette action. Il repart de zéro demain.",
    ),
    "cap_month_reached": (
        409,
        "Le plafond de points du mois est atteint pour cette action. "
        "Il repart de zéro le mois prochain.",
    ),
    "budget_exhausted": (409, "Le budget de cette campagne est épuisé."),
    # Reviews and corrections
    "review_unknown": (404, "Ce dossier à vérifier n’existe pas."),
    "review_decided": (409, "Ce dossier a déjà été tranché."),
    "correction_unknown": (404, "Cette correction n’existe pas."),
    "correction_decided": (409, "Cette correction a déjà été tranchée."),
    "correction_already_proposed": (409, "Cette correction a déjà été proposée."),
    "same_person": (
        409,
        "Une correction se décide à deux : une autre personne doit l’approuver ou la rejeter.",
    ),
}
