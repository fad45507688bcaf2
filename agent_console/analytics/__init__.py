"""What becomes of contacts: one row for each, totals by day, and what is happening now."""
