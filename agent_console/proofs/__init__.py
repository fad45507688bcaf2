"""The public page that proves an entry: what stands on the chain, and how anybody can check it."""
