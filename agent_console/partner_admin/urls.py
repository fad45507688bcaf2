"""Addresses of the administration of partners, under ``/console/``."""

from __future__ import annotations

from django.urls import path

from .views import agreements, cashiers, disputes, offers, own_password, partners, statements

app_name = "partner_admin"

_partner = "partners/<uuid:partner_id>/"
_cashier = "partners/cashiers/<uuid:cashier_id>/"
_offer = "partners/offers/<uuid:offer_id>/"
_dispute = "partners/disputes/<uuid:dispute_id>/"
_statement = "partners/statements/<uuid:statement_id>"

urlpatterns = [
    path("password/", own_password.own_password, name="own-password"),
    path("partners/", partners.partner_list, name="partners"),
    path("partners/new/", partners.partner_new, name="partner-new"),
    path(_partner, partners.partner_page, name="partner"),
    path(f"{_partner}edit/", partners.partner_edit, name="partner-edit"),
    path(f"{_partner}agreements/new/", agreements.agreement_new, name="agreement-new"),
    path(f"{_partner}cashiers/new/", cashiers.cashier_new, name="cashier-new"),
    path(f"{_partner}offers/new/", offers.offer_new, name="offer-new"),
    path(f"{_partner}statements/", statements.statement_list, name="statements"),
    path(f"{_partner}statements/new/", statements.statement_new, name="statement-new"),
    path(_cashier, cashiers.cashier_page, name="cashier"),
    path(f"{_cashier}enable/", cashiers.cashier_switch, {"active": True}, name="cashier-enable"),
    path(f"{_cashier}disable/", cashiers.cashier_switch, {"active": False}, name="cashier-disable"),
    path(f"{_cashier}password/", cashiers.cashier_password, name="cashier-password"),
    path("partners/offers/", offers.offer_list, name="offers"),
    path(_offer, offers.offer_page, name="offer"),
    path(f"{_offer}edit/", offers.offer_edit, name="offer-edit"),
    path(f"{_offer}state/", offers.offer_state, name="offer-state"),
    path("partners/disputes/", disputes.dispute_list, name="disputes"),
    path("partners/disputes/new/", disputes.dispute_new, name="dispute-new"),
    path(_dispute, disputes.dispute_page, name="dispute"),
    path(f"{_dispute}decision/", disputes.dispute_decide, name="dispute-decide"),
    path(f"{_statement}/", statements.statement_page, name="statement"),
    path(f"{_statement}.csv", statements.statement_csv, name="statement-csv"),
]
