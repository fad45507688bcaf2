"""Ours beside the pipeline that ``rasa init`` writes, in one run: ``make bench-nlu``."""
