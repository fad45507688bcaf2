"""What the portal says of codes and refusals: one text per stable code."""

from __future__ import annotations

from service_kit.voucher_code import Flaw

FLAWS: dict[Flaw, str] = {
    Flaw.EMPTY: "Tapez le code du bon ou scannez son QR code.",
    Flaw.LENGTH: "Un code compte 9 caractères. Vérifiez qu’il n’en manque pas.",
    Flaw.SYMBOL: (
        "Ce code contient un caractère impossible. Un code n’utilise que les chiffres et "
        "les lettres F, H, K, M, R, X, Y, Z."
    ),
    Flaw.CHECK: "Ce code contient une erreur de frappe. Relisez-le sur le bon.",
}

# code of the refusal -> (title, what to do)
REFUSALS: dict[str, tuple[str, str]] = {
    "voucher_unknown": (
        "Bon inconnu",
        "Aucun bon ne porte ce code. Relisez-le avec la personne, puis réessayez.",
    ),
    "voucher_other_partner": (
        "Bon d’un autre partenaire",
        "Ce bon n’est pas valable chez vous. La personne doit se rendre chez le partenaire "
        "indiqué sur son bon.",
    ),
    "voucher_expired": (
        "Bon expiré",
        "La date de validité est passée. Les points sont revenus à la personne avec leur propre "
        "date. S’ils valent encore, elle peut demander un nouveau bon.",
    ),
    "voucher_cancelled": (
        "Bon annulé",
        "Ce bon a été annulé et ses points rendus. Ne remettez rien.",
    ),
    "voucher_refunded": (
        "Bon remboursé",
        "Ce bon a été utilisé, puis ses points ont été rendus. Ne remettez rien.",
    ),
    "dispute_final": (
        "Contestation close",
        "Ce bon a déjà été contesté deux fois et la Métropole a tranché. Contactez votre "
        "correspondant.",
    ),
    "voucher_not_captured": (
        "Bon non validé",
        "Un problème se signale sur un bon déjà validé. Celui-ci ne l’est pas.",
    ),
    "period_closed": (
        "Période close",
        "Ce bon figure dans un relevé déjà arrêté. Contactez votre correspondant.",
    ),
    "agreement_not_in_force": (
        "Convention inactive",
        "Votre convention avec la Métropole n’est pas en cours : aucun bon ne peut être validé. "
        "Contactez votre correspondant.",
    ),
    "partner_suspended": (
        "Guichet suspendu",
        "La Métropole a suspendu les bons chez vous. Contactez votre correspondant.",
    ),
}
# Refusals that a code gets which was typed wrongly, or guessed.
MISSES = frozenset({"voucher_unknown", "voucher_other_partner"})
SLOWED = (
    "Trop de codes inconnus",
    "Plusieurs codes de suite ne mènent à aucun bon de votre guichet. Attendez dix minutes, puis "
    "demandez à la personne d’ouvrir son bon et scannez le QR code.",
)
UNAVAILABLE = (
    "Le service des bons ne répond pas. Réessayez dans un instant : un bon n’est jamais validé "
    "deux fois."
)
DISPUTE_REASONS: tuple[tuple[str, str], ...] = (
    ("captured_by_mistake", "Validé par erreur"),
    ("not_handed_over", "Je n’ai pas pu remettre ce qui était prévu"),
    ("suspected_copy", "Le bon semble copié ou utilisé par quelqu’un d’autre"),
    ("other", "Autre problème"),
)


def refusal(code: str, message: str) -> tuple[str, str]:
    """Title and advice for a refusal; an unknown one keeps the wallet's own French message."""
    return REFUSALS.get(code, ("Bon refusé", message or "Ce bon ne peut pas être validé."))
