"""Who may do what here: permissions, never group names.  The guard itself is the console's."""

from __future__ import annotations

from agent_console.intake.access import needs

VIEW = "pickups.view_booking"
CHANGE = "pickups.change_booking"
MANAGE = "pickups.manage_pickups"
CREW = "pickups.run_crew"

__all__ = ["CHANGE", "CREW", "MANAGE", "VIEW", "needs"]
