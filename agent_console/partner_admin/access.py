"""Who may do what here: permissions, never group names.  The guard itself is the console's."""

from __future__ import annotations

from agent_console.intake.access import needs

PARTNERS = "partner_admin.manage_partners"
OFFERS = "partner_admin.manage_offers"
DISPUTES = "partner_admin.decide_disputes"
STATEMENTS = "partner_admin.close_statements"
CASHIERS = "partners.change_cashier"

__all__ = ["CASHIERS", "DISPUTES", "OFFERS", "PARTNERS", "STATEMENTS", "needs"]
