"""Finding who is named in a short French text, and hiding it: pure functions, no database."""
