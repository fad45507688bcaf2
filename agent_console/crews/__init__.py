"""Field crews: the day's work of their services, on a phone."""
