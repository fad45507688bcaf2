"""Residents' own space, their proofs over the internal API, and who is who for operators."""
