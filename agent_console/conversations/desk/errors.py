"""What somebody at the desk may have to be told; codes are stable."""

from django.contrib.auth.models import User

from ..errors import ConversationError


class HeldBy(ConversationError):
    """A colleague answers there."""

    code = "held_by_colleague"

    def __init__(self, holder: User) -> None:
        super().__init__(self.code)
        self.holder = holder


class NotHeld(ConversationError):
    """Nobody answers there any more but the assistant or the queue: take it first."""

    code = "not_held"


class SomethingNew(ConversationError):
    """Something was said that the writer has not seen; ``seen_seq`` is what they had seen."""

    code = "something_new"

    def __init__(self, seen_seq: int) -> None:
        super().__init__(self.code)
        self.seen_seq = seen_seq


class CannotWrite(ConversationError):
    """What is said by this channel can't be written to, or its sender is blocked."""

    code = "channel_not_written"


class VariableLeft(ConversationError):
    """A text still holds a variable that nobody filled in; ``name`` with its braces."""

    code = "variable_left"

    def __init__(self, name: str) -> None:
        super().__init__(self.code)
        self.name = name


class PhotoGone(ConversationError):
    """The photo of a draft was removed meanwhile: it waited for more than a day."""

    code = "photo_gone"


class ColleagueUnknown(ConversationError):
    """Whoever it was to be handed to can't answer, or is no more."""

    code = "colleague_unknown"
