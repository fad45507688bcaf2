"""Whether a person wants messages that they did not just ask for: who said so, when."""
