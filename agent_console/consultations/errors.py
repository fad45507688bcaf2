"""What may be refused, each with a stable code; the words are in ``texts``."""


class ConsultationError(Exception):
    """Base of this app's refusals."""

    code = "consultation_error"


class PermissionMissing(ConsultationError):
    code = "permission_missing"


class StepRefused(ConsultationError):
    """The consultation's state does not allow this step."""

    code = "step_refused"


class NotReady(ConsultationError):
    """Opening needs two choices and an end in the future."""

    code = "not_ready"


class HasVotes(ConsultationError):
    code = "has_votes"


class NotCounted(ConsultationError):
    code = "not_counted"


class ReasonMissing(ConsultationError):
    code = "reason_missing"


class UrnUnavailable(ConsultationError):
    """The key outside the database is missing or another one: nothing is sealed or opened."""

    code = "urn_unavailable"


class ConsultationUnknown(ConsultationError):
    code = "consultation_unknown"


class NotOpenYet(ConsultationError):
    code = "not_open_yet"


class ConsultationClosed(ConsultationError):
    code = "consultation_closed"


class OutsideCommune(ConsultationError):
    code = "outside_commune"


class CommuneMissing(ConsultationError):
    code = "commune_missing"


class CommuneUnknown(ConsultationError):
    code = "commune_unknown"


class ChoiceUnknown(ConsultationError):
    code = "choice_unknown"


class AlreadyVoted(ConsultationError):
    code = "already_voted"


class NotVerified(ConsultationError):
    """Nobody is known there, or they have not proved who they are."""

    code = "not_verified"


class ProposalsOff(ConsultationError):
    code = "proposals_off"


class ProposalInvalid(ConsultationError):
    code = "proposal_invalid"


class ProposalsLimited(ConsultationError):
    code = "proposals_limited"


class ProposalUnread(ConsultationError):
    """Not masked yet, so nobody may decide."""

    code = "proposal_unread"
