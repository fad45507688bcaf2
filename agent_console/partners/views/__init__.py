"""The partners' pages, one file per screen."""
