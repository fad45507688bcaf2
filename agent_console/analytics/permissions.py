"""Who may open which page."""

VIEW = "analytics.view_analytics"
CHANGE_COSTS = "analytics.change_costs"
CHANGE_IMPACT = "analytics.change_impact"
