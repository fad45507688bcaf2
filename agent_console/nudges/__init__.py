"""Nudge money as supervisors steer it: rules, campaigns, reviews, corrections, the books."""
