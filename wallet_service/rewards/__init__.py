"""Rewards: the rules that say what an action earns, and each reward's way to the ledger."""
