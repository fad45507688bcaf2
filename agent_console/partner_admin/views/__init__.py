"""One file per subject, under ``/console/partners/``."""
