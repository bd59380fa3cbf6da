"""Where bytes and records lie: the bucket and the ledger."""
