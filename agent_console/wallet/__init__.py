"""The console's view of the wallet service: an HTTP client, and nothing kept.

Nothing in routing, priority or deadlines may import this package (an import contract says so).
"""
