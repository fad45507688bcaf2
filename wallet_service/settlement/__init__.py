"""Settlement of posted entries on the chain: batches, relayer, reconciliation."""
