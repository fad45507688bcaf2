"""Says to operators' screens, after the commit, that a report has something new."""

from agent_console.conversations.announce import announce_console

from .models import Report


def announce_report(report: Report) -> None:
    """Lists of reports and the report's own page fetch what they show again."""
    announce_console(topics=["reports", f"report:{report.reference}"])


def announce_oncall() -> None:
    """The alarm bar of every page, and the lists that it leads to."""
    announce_console(topics=["oncall"])
