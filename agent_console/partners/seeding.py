"""A demo partner with something to offer, and the demo cashier at its till.

Partners and offers are the wallet's, so this needs the wallet to answer; what is there already is
left as it is, so it may run at every start.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.utils import timezone

from agent_console.staff.services import actor_of
from agent_console.wallet import offers, partners
from agent_console.wallet.offers import OfferTerms
from agent_console.wallet.partners import PartnerView

from .models import Cashier
from .services import cashier_create

CASHIER = "partenaire"  # the demo account that seed_metropolis makes
SIRET = "20005480700017"  # the Metropolis' own
NAME = "Piscines et médiathèques de la Métropole"
SITE = "Accueil de la piscine"
_PARIS = ZoneInfo("Europe/Paris")
# Repeated seeding asks with the same keys, so even two seeds at once make one of each.
_KEYS = uuid.UUID("5eed0000-0000-4000-8000-000000000000")


@dataclass(frozen=True)
class DemoOffer:
    title: str
    description: str
    how_to_use: str
    price_points: int
    reimbursement_cents: int
    stock: int | None = None
    per_wallet_limit: int | None = None
    communes: tuple[str, ...] = field(default=())


OFFERS = (
    DemoOffer(
        "Une entrée à la piscine",
        "Une baignade dans l'une des piscines de la Métropole, tous les jours d'ouverture.",
        "Contre ce bon, l'accueil remet un ticket d'entrée adulte, ou enfant sur demande.",
        price_points=10,
        reimbursement_cents=250,
        per_wallet_limit=20,
    ),
    DemoOffer(
        "Un sac de compost de 20 litres",
        "Le compost des déchets verts de la Métropole, pour un balcon ou un potager.",
        "Contre ce bon, la déchetterie remet un sac. Le transport n'est pas compris.",
        price_points=25,
        reimbursement_cents=400,
        stock=500,
        per_wallet_limit=4,
    ),
    DemoOffer(
        "Un abonnement d'un an à la médiathèque",
        "Livres, films et jeux à emprunter pendant un an.",
        "Contre ce bon, l'accueil crée ou prolonge l'abonnement au nom demandé.",
        price_points=120,
        reimbursement_cents=1500,
        stock=200,
        per_wallet_limit=1,
        communes=("13001", "13055"),  # Aix-en-Provence, Marseille
    ),
)


def partners_seed() -> list[str]:
    """Make what is missing; a line for each thing made.

    Nothing is made where the demo account is missing (a production has none).  Raises what the
    wallet's client raises; what was made before stays, and the next run goes on from there.
    """
    user = User.objects.filter(username=CASHIER).first()
    if user is None:
        return []
    actor = actor_of(user=User.objects.filter(username="superviseur").first() or user)
    year = timezone.localdate().year
    partner = next((one for one in partners.partner_list() if one.siret == SIRET), None)
    made = []
    if partner is None:
        partner = partners.partner_create(
            key=_key("partner"), siret=SIRET, name=NAME, kind="metropolitan", actor=actor
        )
        made.append(f"partner {NAME}")
    made += _agree(partner, year, actor)
    made += _offer(partner, year, actor)
    if not Cashier.objects.filter(user=user).exists():
        cashier_create(user=user, partner_id=partner.id, site=SITE, resident=None, by=None)
        made.append(f"cashier {CASHIER}")
    return made


def _agree(partner: PartnerView, year: int, actor: uuid.UUID) -> list[str]:
    if partner.agreements:
        return []
    partners.agreement_add(
        key=_key(f"agreement:{year}"),
        partner_id=partner.id,
        starts_on=date(year, 1, 1),
        ends_on=date(year + 1, 12, 31),
        reference=f"DEMO-{year}-001",
        actor=actor,
    )
    return [f"agreement of {year} and {year + 1}"]


def _offer(partner: PartnerView, year: int, actor: uuid.UUID) -> list[str]:
    known = {offer.title for offer in offers.offer_list(partner_id=partner.id)}
    missing = [offer for offer in OFFERS if offer.title not in known]
    for offer in missing:
        offers.offer_create(
            key=_key(f"offer:{year}:{offer.title}"),
            partner_id=partner.id,
            terms=OfferTerms(
                title=offer.title,
                description=offer.description,
                how_to_use=offer.how_to_use,
                price_points=offer.price_points,
                reimbursement_cents=offer.reimbursement_cents,
                stock=offer.stock,
                per_wallet_limit=offer.per_wallet_limit,
                communes=offer.communes,
                valid_from=_midnight(year),
                valid_until=_midnight(year + 2),
                voucher_days=60,
            ),
            state="published",
            actor=actor,
        )
    return [f"offer {offer.title}" for offer in missing]


def _midnight(year: int) -> datetime:
    return datetime.combine(date(year, 1, 1), time(), tzinfo=_PARIS)


def _key(name: str) -> uuid.UUID:
    return uuid.uuid5(_KEYS, name)
