"""Supervisors change the rules of reports: categories, deadlines, competence, quiet hours."""
