"""Who may do what here: permissions, never group names.  The guard itself is the console's."""

from __future__ import annotations

from agent_console.intake.access import needs

WORK = "reports.work_report"
MANAGE = "crews.manage_crews"

__all__ = ["MANAGE", "WORK", "needs"]
