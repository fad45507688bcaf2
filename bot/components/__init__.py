"""Custom components of the Rasa graph."""
