"""Who acts: the number under which the wallet knows a member of staff."""
