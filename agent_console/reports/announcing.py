"""Says to operators' screens, after the commit, that a report has something new."""

from agent_console.conversations.announce import announce_console

from .models import Outage, Report


def announce_report(report: Report) -> None:
    """Lists of reports and the report's own page fetch what they show again."""
    announce_console(topics=["reports", f"report:{report.reference}"])


def announce_oncall() -> None:
    """The alarm bar of every page, and the lists that it leads to."""
    announce_console(topics=["oncall"])


def announce_outages(outage: Outage) -> None:
    """The banner of every page, and the page of the report that stands for the outage."""
    announce_console(topics=["outages", f"report:{outage.parent.reference}"])
