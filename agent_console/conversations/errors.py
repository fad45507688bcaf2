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
    """A channel could not hand a message over; ``permanent`` means that asking again is useless."""

    def __init__(self, *, permanent: bool, code: str) -> None:
        super().__init__(code)
        self.permanent = permanent
        self.code = code
