"""Writes of the offers, one file per business act.

Each is one SQL transaction that holds the business rows, the ledger's entry and the caller's
idempotency key: a crash at any moment leaves all of it or nothing, and the caller sends the
request again.  Rows are locked in one order everywhere, so that no two wait for each other:
partner, redemption, dispute, offer, stock, then the ledger's own.
"""
