"""Finds and normalises what a message names: pure functions, no Rasa, no network."""
