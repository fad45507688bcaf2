"""What a caller of this app may have to handle."""


class ConversationError(Exception):
    """Base of this app's errors; ``code`` is stable."""

    code = "conversation_error"


class InvalidText(ConversationError):
    """The text is empty, too long, or holds characters that can't be stored."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class EngineUnavailable(ConversationError):
    """The dialogue engine did not answer this turn; nothing was acted on twice, ask again."""

    code = "engine_unavailable"


class EngineRefused(ConversationError):
    """The dialogue engine refuses this turn for good (a fault of ours, not of the moment)."""

    code = "engine_refused"


class DeliveryFailed(ConversationError):
    """A channel could not hand a message over.

    ``code`` is one of ``DeliveryError``.  ``permanent``: asking again is useless; otherwise not
    before ``retry_after_s`` seconds, when the provider said so.
    """

    def __init__(self, *, permanent: bool, code: str, retry_after_s: float | None = None) -> None:
        super().__init__(code)
        self.permanent = permanent
        self.code = code
        self.retry_after_s = retry_after_s


class MediaRefused(ConversationError):
    """A picture can't be taken in, now or later; ``code`` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MediaUnavailable(ConversationError):
    """A picture could not be fetched or stored now; asking again is harmless."""

    def __init__(self, code: str, retry_after_s: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after_s = retry_after_s


class AlertUnknown(ConversationError):
    """There is no such alert."""

    code = "alert_unknown"


class PermissionMissing(ConversationError):
    """The agent may not do this."""

    code = "permission_missing"
