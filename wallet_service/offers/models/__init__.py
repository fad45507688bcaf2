"""Tables of the offers.

What the database enforces besides what is written here stands in ``migrations/0002_guards``:
history of partners and offers written by trigger, legal transitions, immutable columns, and a
statement's totals being those of its vouchers.
"""

from .offers import Offer, OfferChange, OfferStock
from .partners import Agreement, Partner, PartnerChange
from .redemptions import Dispute, Redemption
from .statements import Statement

__all__ = [
    "Agreement",
    "Dispute",
    "Offer",
    "OfferChange",
    "OfferStock",
    "Partner",
    "PartnerChange",
    "Redemption",
    "Statement",
]
