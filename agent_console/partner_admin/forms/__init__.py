"""What supervisors fill in, one file per subject."""
