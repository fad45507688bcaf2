"""The words that facilities and sorting rules share.

A waste *stream* is what one container takes; a *kind* of facility is what people look for; an
*outlet* is where a sorting rule sends a waste.
"""

from collections.abc import Mapping

from django.db import models


class Stream(models.TextChoices):
    GLASS = "glass", "Emballages en verre"
    PACKAGING = "packaging", "Emballages"
    PAPER = "paper", "Papiers"
    CARDBOARD = "cardboard", "Gros cartons"
    TEXTILE = "textile", "Textiles, linge, chaussures"
    ORGANIC = "organic", "Biodéchets"
    GREEN_WASTE = "green_waste", "Déchets verts"
    BULKY = "bulky", "Encombrants"
    FURNITURE = "furniture", "Meubles"
    WOOD = "wood", "Bois"
    METAL = "metal", "Métaux"
    RUBBLE = "rubble", "Gravats"
    HAZARDOUS = "hazardous", "Produits dangereux"
    ELECTRICAL = "electrical", "Appareils électriques"
    BATTERIES = "batteries", "Piles et batteries"
    LAMPS = "lamps", "Ampoules et néons"
    COOKING_OIL = "cooking_oil", "Huile de cuisine"
    MOTOR_OIL = "motor_oil", "Huile de moteur"
    TYRES = "tyres", "Pneus"
    REUSE = "reuse", "Objets à donner"


class Kind(models.TextChoices):
    GLASS = "glass", "Borne à verre"
    PACKAGING = "packaging", "Borne à emballages et papiers"
    TEXTILE = "textile", "Borne à textiles"
    COMPOST = "compost", "Composteur partagé"
    RECYCLING_CENTRE = "recycling_centre", "Déchèterie"
    REUSE = "reuse", "Ressourcerie"


# What a facility takes when its file doesn't say.  A recycling centre's list is its own: none here.
ACCEPTED_BY_KIND: Mapping[str, tuple[str, ...]] = {
    Kind.GLASS: (Stream.GLASS,),
    Kind.PACKAGING: (Stream.PACKAGING, Stream.PAPER),
    Kind.TEXTILE: (Stream.TEXTILE,),
    Kind.COMPOST: (Stream.ORGANIC,),
    Kind.RECYCLING_CENTRE: (),
    Kind.REUSE: (Stream.REUSE,),
}


class Accessibility(models.TextChoices):
    UNKNOWN = "unknown", "Accessibilité non renseignée"
    YES = "yes", "Accessible en fauteuil roulant"
    LIMITED = "limited", "Accès en fauteuil roulant difficile"
    NO = "no", "Non accessible en fauteuil roulant"


class Outlet(models.TextChoices):
    YELLOW_BIN = "yellow_bin", "Bac jaune"
    RESIDUAL_BIN = "residual_bin", "Ordures ménagères (bac gris)"
    GLASS = "glass", "Borne à verre"
    COMPOST = "compost", "Biodéchets : compost ou borne"
    TEXTILE = "textile", "Borne à textiles"
    RECYCLING_CENTRE = "recycling_centre", "Déchèterie"
    BULKY = "bulky", "Rendez-vous encombrants ou déchèterie"
    PHARMACY = "pharmacy", "Pharmacie"
    GARAGE = "garage", "Garage ou vendeur de pneus"
    SHOP = "shop", "Reprise en magasin"
    SPECIAL = "special", "Collecte spéciale"
