"""Consultations: a question to residents, one vote each, results that name nobody."""
