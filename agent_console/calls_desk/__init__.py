"""Answering calls: who calls, the form with its drafts, what to read aloud, wrapping up."""
