"""The receipt of a report: a public page at an address that only its author was given."""
