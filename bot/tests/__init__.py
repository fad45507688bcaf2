"""Tests of the Rasa project: real graph, real hub, the city played by a small server."""
