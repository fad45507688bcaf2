"""What the web channel says by itself: one text per error code, in French and English."""

from __future__ import annotations

from collections.abc import Mapping

from channels_config.web.protocol import ErrorCode, Locale

_FRENCH: dict[ErrorCode, str] = {
    ErrorCode.INVALID_FRAME: "Ce message n’a pas pu être lu. Rechargez la page.",
    ErrorCode.FRAME_TOO_LARGE: "Ce message est trop volumineux.",
    ErrorCode.VERSION_UNSUPPORTED: "Cette page est trop ancienne. Rechargez-la.",
    ErrorCode.HELLO_REQUIRED: "La discussion n’est pas encore ouverte.",
    ErrorCode.TEXT_EMPTY: "Ce message est vide.",
    ErrorCode.TEXT_TOO_LONG: "Ce message est trop long\u00a0: 2\u202f000 caractères au plus.",
    ErrorCode.TEXT_INVALID: "Ce message contient des caractères qui ne peuvent pas être lus.",
    ErrorCode.PHOTO_UNKNOWN: "Cette photo n’est plus disponible. Envoyez-la de nouveau.",
    ErrorCode.RATE_LIMITED: "Vous écrivez vite\u202f! Le message partira dans un instant.",
    ErrorCode.UNAVAILABLE: "Le service est momentanément indisponible. Nouvel essai en cours…",
}
_ENGLISH: dict[ErrorCode, str] = {
    ErrorCode.INVALID_FRAME: "This message could not be read. Reload the page.",
    ErrorCode.FRAME_TOO_LARGE: "This message is too large.",
    ErrorCode.VERSION_UNSUPPORTED: "This page is too old. Reload it.",
    ErrorCode.HELLO_REQUIRED: "The chat is not open yet.",
    ErrorCode.TEXT_EMPTY: "This message is empty.",
    ErrorCode.TEXT_TOO_LONG: "This message is too long: 2,000 characters at most.",
    ErrorCode.TEXT_INVALID: "This message holds characters that can’t be read.",
    ErrorCode.PHOTO_UNKNOWN: "This photo is no longer there. Please send it again.",
    ErrorCode.RATE_LIMITED: "You write fast! The message will leave in a moment.",
    ErrorCode.UNAVAILABLE: "The service is not available right now. Trying again…",
}
ERROR_TEXTS: Mapping[Locale, Mapping[ErrorCode, str]] = {"fr": _FRENCH, "en": _ENGLISH}
# Why a picture was not taken, by the photo keeper's codes; the widget has its own words by code.
UPLOAD_TEXTS: Mapping[str, str] = {
    "ticket_invalid": "La discussion a expiré. Rechargez la page.",
    "photo_missing": "Il faut une photo, et une seule.",
    "photo_too_large": "Cette photo est trop lourde. Envoyez-la dans une taille plus petite.",
    "photo_unreadable": "La photo n’est pas arrivée entière. Envoyez-la de nouveau.",
    "photo_damaged": "Cette photo est incomplète ou abîmée. Envoyez-la de nouveau.",
    "photo_type_refused": "Ce fichier n’est pas une photo que nous savons lire.",
    "photo_too_small": "Cette image est trop petite pour que l’on y voie quelque chose.",
    "rate_limited": "Vous envoyez beaucoup de photos. Réessayez dans un instant.",
}
