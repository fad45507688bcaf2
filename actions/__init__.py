"""Rasa's action server: what the assistant does in the city's systems, one module a topic."""
