"""The pages and parts of a call."""
