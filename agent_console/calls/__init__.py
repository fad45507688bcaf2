"""Telephone calls: what is waiting, who answers, who is to be called back, what is announced."""
