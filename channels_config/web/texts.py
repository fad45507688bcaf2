"""What the web channel says by itself, in French, one text per error code."""

from __future__ import annotations

from channels_config.web.protocol import ErrorCode

ERROR_TEXTS: dict[ErrorCode, str] = {
    ErrorCode.INVALID_FRAME: "Ce message n’a pas pu être lu. Rechargez la page.",
    ErrorCode.FRAME_TOO_LARGE: "Ce message est trop volumineux.",
    ErrorCode.VERSION_UNSUPPORTED: "Cette page est trop ancienne. Rechargez-la.",
    ErrorCode.HELLO_REQUIRED: "La discussion n’est pas encore ouverte.",
    ErrorCode.TEXT_EMPTY: "Ce message est vide.",
    ErrorCode.TEXT_TOO_LONG: "Ce message est trop long : 2 000 caractères au plus.",
    ErrorCode.TEXT_INVALID: "Ce message contient des caractères qui ne peuvent pas être lus.",
    ErrorCode.RATE_LIMITED: "Vous écrivez vite ! Le message partira dans un instant.",
    ErrorCode.UNAVAILABLE: "Le service est momentanément indisponible. Nouvel essai en cours…",
}
