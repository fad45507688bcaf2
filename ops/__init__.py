"""Runs the whole system on one machine: engines, services, secrets, progress.

Knows how processes start and which environment each may see; holds no business rule.
"""
