"""What can be refused about residents, their contact points and what they prove.

``code`` is stable: callers branch on it, and each interface has its own words for it.
"""

from datetime import datetime


class AddressInvalid(Exception):
    """No such address. ``code``: ``phone_invalid``, ``address_invalid``, ``address_sealed``
    (sealed with a key that is gone)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class IdentityError(Exception):
    """A refused step about who somebody is."""

    code = "identity_refused"


class CodesLimited(IdentityError):
    """Too many codes were asked for: for this contact, by this requester, or by everybody."""

    code = "codes_limited"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(self.code)
        self.retry_after_s = retry_after_s


class CodeWrong(IdentityError):
    """Not the code that was brought; ``attempts_left`` more may be tried."""

    code = "code_wrong"

    def __init__(self, attempts_left: int) -> None:
        super().__init__(self.code)
        self.attempts_left = attempts_left


class CodeEnded(IdentityError):
    """No such code, or it is used, too old, or tried too often: ask for a new one."""

    code = "code_ended"


class CodeUndeliverable(IdentityError):
    """No channel brings codes to this kind of contact, or to such a number."""

    code = "code_undeliverable"


class PinInvalid(IdentityError):
    """Not 4 to 6 digits, or one that everybody tries first."""

    code = "pin_invalid"


class PinUnset(IdentityError):
    """The resident has no PIN."""

    code = "pin_unset"


class PinWrong(IdentityError):
    """Not their PIN; ``attempts_left`` before it locks."""

    code = "pin_wrong"

    def __init__(self, attempts_left: int) -> None:
        super().__init__(self.code)
        self.attempts_left = attempts_left


class PinLocked(IdentityError):
    """Tried too often: a one-time code still works, and sets a new PIN."""

    code = "pin_locked"

    def __init__(self, until: datetime) -> None:
        super().__init__(self.code)
        self.until = until


class RecognitionNeeded(IdentityError):
    """The act needs a proof first; ``ways``: ``code``, ``pin``."""

    code = "recognition_needed"

    def __init__(self, ways: tuple[str, ...]) -> None:
        super().__init__(self.code)
        self.ways = ways


class SpeakerUnclear(IdentityError):
    """Several residents share the contact: ask who is speaking."""

    code = "speaker_unclear"


class ContactUnlinked(IdentityError):
    """The contact is not (or no longer) this resident's."""

    code = "contact_unlinked"


class LinkConflict(IdentityError):
    """Both contacts belong to residents with a past: an operator may merge them."""

    code = "link_conflict"


class MergeRefused(IdentityError):
    """``code``: ``merge_same`` (one person already), ``merge_gone`` (one of them was merged
    before), ``merge_undone``, ``merge_too_late``, ``merge_followed`` (undo the later one first)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PhoneNotVouched(IdentityError):
    """No channel vouches for a number of whoever speaks here: it is typed, and proved by a code."""

    code = "phone_not_vouched"


class ConsentMissing(IdentityError):
    """No wallet without a yes. ``code``: ``wallet_unasked`` (or not answered), ``wallet_refused``
    (or withdrawn)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
