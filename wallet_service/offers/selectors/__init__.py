"""Reads of the offers, one file per topic; ``*_body`` are answers in JSON values."""
