"""Who may open which page."""

VIEW = "nudges.view_nudges"
CHANGE_RULES = "nudges.change_rules"
DECIDE_REVIEWS = "nudges.decide_reviews"
CORRECT = "nudges.correct_points"
RUN_CAMPAIGNS = "nudges.run_campaigns"
