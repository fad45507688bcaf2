"""The API as one object: routers, authentication, problems."""

from __future__ import annotations

from service_kit.openapi import ServiceApi

from .auth import ServiceBearer
from .campaigns import router as campaigns
from .chain import reconciliation_router as reconciliations
from .chain import router as chain
from .corrections import router as corrections
from .disputes import router as disputes
from .expiry import router as expiry
from .handlers import install_handlers
from .limits import router as limits
from .movements import router as movements
from .offers import catalogue_router as catalogue
from .offers import router as offers
from .partners import router as partners
from .proofs import router as proofs
from .redemptions import router as redemptions
from .redemptions import wallet_router as wallet_redemptions
from .reviews import router as reviews
from .rewards import router as rewards
from .rules import router as rules
from .statements import partner_router as partner_statements
from .statements import router as statements
from .vouchers import router as vouchers
from .wallets import merge_router as merges
from .wallets import router as wallets

api = ServiceApi(
    title="MDMP wallet",
    version="1",
    description="Points of a wallet, the rewards that earn them, and their proofs on the chain.",
    auth=ServiceBearer(),
    docs_url=None,
    urls_namespace="wallet-v1",
)
install_handlers(api)
api.add_router("/wallets", wallets)
api.add_router("/merges", merges)
api.add_router("/rewards", rewards)
api.add_router("/rules", rules)
api.add_router("/campaigns", campaigns)
api.add_router("/reviews", reviews)
api.add_router("/corrections", corrections)
api.add_router("/proofs", proofs)
api.add_router("/chain", chain)
api.add_router("/reconciliations", reconciliations)
api.add_router("/wallets", wallet_redemptions)
api.add_router("/partners", partners)
api.add_router("/partners", partner_statements)
api.add_router("/statements", statements)
api.add_router("/offers", offers)
api.add_router("/catalogue", catalogue)
api.add_router("/redemptions", redemptions)
api.add_router("/vouchers", vouchers)
api.add_router("/disputes", disputes)
api.add_router("/expiry-notices", expiry)
api.add_router("/limits", limits)
api.add_router("/movements", movements)
