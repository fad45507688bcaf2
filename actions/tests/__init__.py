"""Tests of the actions: a tracker in, events and replies out."""
