"""A year of a city that never was, to try screens, filters and reports on (docs/simulation.md).

Nothing here runs unless the command ``simulate`` is given, and all it makes can be told apart and
removed again (``marks.py``).
"""
