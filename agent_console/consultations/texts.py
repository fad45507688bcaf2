"""What residents and supervisors read when something is refused, by code and language."""

MESSAGES_FR = {
    "permission_missing": "Votre compte ne permet pas cette action.",
    "step_refused": "Cette étape n’est plus possible\u00a0: la consultation a changé d’état.",
    "not_ready": "Il faut au moins deux choix, et une fin à venir, après le début.",
    "has_votes": "Quelqu’un a déjà voté\u00a0: la consultation ne peut plus être modifiée.",
    "not_counted": "Les bulletins ne sont pas encore comptés. Réessayez dans un instant.",
    "reason_missing": "Dites pourquoi, en quelques mots.",
    "proposal_unread": "Cette proposition n’est pas encore relue. Réessayez dans un instant.",
    "urn_unavailable": "Le vote est momentanément indisponible. Réessayez un peu plus tard.",
    "consultation_unknown": "Cette consultation n’existe pas.",
    "not_open_yet": "Cette consultation n’est pas encore ouverte.",
    "consultation_closed": "Cette consultation est terminée.",
    "outside_commune": "Cette consultation s’adresse aux habitants d’autres communes.",
    "commune_missing": "Indiquez votre commune.",
    "commune_unknown": "Cette commune n’est pas dans la métropole.",
    "choice_unknown": "Choisissez une réponse.",
    "already_voted": "Vous avez déjà voté. Un vote ne peut pas être changé.",
    "not_verified": "Pour voter, prouvez d’abord qui vous êtes, avec un code.",
    "proposals_off": "Cette consultation ne recueille pas de propositions.",
    "proposal_invalid": "Écrivez votre proposition en 500 caractères au plus.",
    "proposals_limited": "Vous avez déjà envoyé trois propositions.",
    "link_ended": "Ce lien ne sert plus. Demandez-en un autre, dans la discussion ou votre espace.",
}
MESSAGES_EN = {
    "urn_unavailable": "Voting is unavailable for a moment. Please try again a little later.",
    "consultation_unknown": "This consultation does not exist.",
    "not_open_yet": "This consultation is not open yet.",
    "consultation_closed": "This consultation is over.",
    "outside_commune": "This consultation is for residents of other communes.",
    "commune_missing": "Please choose your commune.",
    "commune_unknown": "This commune is not in the metropolis.",
    "choice_unknown": "Please choose an answer.",
    "already_voted": "You have already voted. A vote can’t be changed.",
    "not_verified": "To vote, first prove who you are, with a code.",
    "proposals_off": "This consultation takes no proposals.",
    "proposal_invalid": "Please write your proposal in 500 characters at most.",
    "proposals_limited": "You have already sent three proposals.",
    "link_ended": "This link no longer works. Ask for another one in the chat or in your space.",
}


def message(code: str, *, locale: str = "fr") -> str:
    """The words of a refusal."""
    return MESSAGES_EN[code] if locale == "en" else MESSAGES_FR[code]
