"""The API as one object: routers, authentication, problems."""

from __future__ import annotations

from service_kit.openapi import ServiceApi

from .auth import ServiceBearer
from .campaigns import router as campaigns
from .corrections import router as corrections
from .handlers import install_handlers
from .proofs import router as proofs
from .reviews import router as reviews
from .rewards import router as rewards
from .rules import router as rules
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
api.add_router("/rewards", rewards)
api.add_router("/rules", rules)
api.add_router("/campaigns", campaigns)
api.add_router("/reviews", reviews)
api.add_router("/corrections", corrections)
api.add_router("/proofs", proofs)
