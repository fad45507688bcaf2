"""Pages about offers and vouchers: the public's and the operator's."""
