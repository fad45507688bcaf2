"""Writes about pickups, one file per subject.  Each public function is one transaction."""
