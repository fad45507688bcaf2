"""What a caller of this app may have to handle; ``code`` is stable, ``message`` is French."""


class PhotoError(Exception):
    """Base of this app's errors."""

    code = "photo_error"
    message = ""

    def __init__(self) -> None:
        super().__init__(self.code)


class PhotoRefused(PhotoError):
    """Base of what is wrong with a file; nothing of it was kept."""

    code = "photo_refused"


class PhotoEmpty(PhotoRefused):
    code = "photo_empty"
    message = "Ce fichier est vide. Choisissez une autre photo."


class PhotoTooLarge(PhotoRefused):
    code = "photo_too_large"
    message = "Cette photo dépasse 10 Mo. Envoyez-la dans une taille plus petite."


class PhotoTypeRefused(PhotoRefused):
    """Neither JPEG nor PNG nor WebP, whatever its name says."""

    code = "photo_type_refused"
    message = "Ce fichier n’est pas une photo que nous savons lire : JPEG, PNG ou WebP."


class PhotoTooManyPixels(PhotoRefused):
    code = "photo_too_many_pixels"
    message = "Cette photo dépasse 40 millions de points. Envoyez-la dans une taille plus petite."


class PhotoTooSmall(PhotoRefused):
    code = "photo_too_small"
    message = "Cette image est trop petite pour que l’on y voie quelque chose."


class PhotoAnimated(PhotoRefused):
    code = "photo_animated"
    message = "Une image animée n’est pas une photo. Envoyez une photo fixe."


class PhotoDamaged(PhotoRefused):
    code = "photo_damaged"
    message = "Cette photo est incomplète ou abîmée. Envoyez-la de nouveau."


class PhotoUnknown(PhotoError):
    """It never was, or nobody used it in time and it was removed."""

    code = "photo_unknown"
    message = "Cette photo n’existe plus. Envoyez-la de nouveau."


class PhotoTaken(PhotoError):
    code = "photo_taken"
    message = "Cette photo est déjà jointe à un autre dossier."


class PhotoKeyReused(PhotoError):
    code = "idempotency_conflict"
    message = "Cette clé a déjà servi pour une autre photo."


class PhotoNotStored(PhotoError):
    """The storage is away or full; trying again is harmless."""

    code = "photo_not_stored"
    message = "La photo n’a pas pu être enregistrée. Réessayez dans un instant."
