"""What crosses folders: journeys, contracts and faults, against the really running system."""
