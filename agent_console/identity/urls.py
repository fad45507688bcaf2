"""Addresses of the residents' space, under ``/mon-espace/``."""

from django.urls import path

from .views import exchange, proving, signin, space, votes

app_name = "identity"

urlpatterns = [
    path("", space.home, name="home"),
    path("connexion/", signin.phone, name="signin"),
    path("connexion/code/", signin.code, name="code"),
    path("connexion/qui/", signin.who, name="who"),
    path("openid/", signin.openid_start, name="openid"),
    path("openid/retour/", signin.openid_return, name="openid-return"),
    path("contacts/<int:link_id>/detacher/", space.unlink, name="unlink"),
    path("contacts/<int:link_id>/rattacher/", space.relink, name="relink"),
    path("code-secret/", space.pin, name="pin"),
    path("accord/", space.consent, name="consent"),
    path("voter/<uuid:consultation_id>/", votes.vote, name="vote"),
    path("offres/", exchange.offers, name="offers"),
    path("offres/<uuid:offer_id>/", exchange.exchange, name="exchange"),
    path("confirmer/", proving.prove, name="prove"),
    path("deconnexion/", space.sign_out, name="signout"),
]
