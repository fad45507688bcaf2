"""What people read when something about who they are is refused, by code."""

MESSAGES: dict[str, str] = {
    "phone_invalid": "Ce numéro n’est pas un numéro de téléphone valable.",
    "phone_not_callable": "Aucun code ne peut être envoyé à un numéro surtaxé.",
    "address_invalid": "Cette adresse n’est pas valable.",
    "address_sealed": "Cette adresse ne peut pas être lue.",
    "codes_limited": "Trop de codes ont été demandés. Réessayez dans quelques minutes.",
    "code_wrong": "Ce n’est pas le bon code.",
    "code_ended": "Ce code ne sert plus. Demandez-en un nouveau.",
    "code_undeliverable": "Aucun code ne peut être envoyé à ce contact.",
    "pin_invalid": "Choisissez 4 à 6 chiffres, ni identiques ni à la suite.",
    "pin_unset": "Aucun code secret n’est choisi.",
    "pin_wrong": "Ce n’est pas le bon code secret.",
    "pin_locked": "Trop d’essais : le code secret est bloqué pour une heure. "
    "Un code à usage unique fonctionne toujours.",
    "recognition_needed": "Un code est nécessaire d’abord.",
    "wallet_unasked": "Cette personne n’a pas encore dit si elle veut des points.",
    "wallet_refused": "Cette personne ne souhaite pas de points.",
    "speaker_unclear": "Plusieurs personnes utilisent ce contact, ou il n’est pas encore connu.",
    "contact_unlinked": "Ce contact n’est plus rattaché.",
    "phone_not_vouched": "Aucun numéro n’est partagé ici. Indiquez-le.",
    "link_conflict": "Ces contacts sont à plusieurs personnes. Un téléconseiller peut vous aider.",
    "merge_same": "C’est déjà la même personne.",
    "merge_gone": "L’une de ces fiches est déjà réunie à une autre.",
    "merge_undone": "Cette réunion est déjà annulée.",
    "merge_too_late": "Le délai pour annuler est passé.",
    "merge_followed": "Annulez d’abord la réunion plus récente.",
}
