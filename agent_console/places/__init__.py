"""The territory: which commune a word means."""
