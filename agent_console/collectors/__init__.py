"""Collectors of sorted glass: signed deposits come in, cards are linked, points go out."""
