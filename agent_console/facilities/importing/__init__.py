"""Importing facilities: read a file, check its rows, plan, then one transaction."""
