"""Double-entry ledger: wallets, accounts, journal entries, postings, outbox, idempotency keys."""
