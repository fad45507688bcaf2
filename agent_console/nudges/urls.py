"""Addresses of the supervisors' pages about points, under ``/console/nudges/``."""

from django.urls import path

from .views import campaigns, corrections, information, overview, reviews, rules

app_name = "nudges"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("rules/", rules.rule_list, name="rules"),
    path("rules/<str:code>/", rules.rule_page, name="rule"),
    path("rules/<str:code>/add/", rules.rule_add, name="rule-add"),
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns/add/", campaigns.campaign_add, name="campaign-add"),
    path("information/", information.information_list, name="information"),
    path("information/new/", information.information_new, name="information-new"),
    path("information/<uuid:campaign_id>/", information.information_page, name="information-page"),
    path(
        "information/<uuid:campaign_id>/edit/",
        information.information_edit,
        name="information-edit",
    ),
    path(
        "information/<uuid:campaign_id>/step/",
        information.information_step,
        name="information-step",
    ),
    path("reviews/", reviews.review_list, name="reviews"),
    path("reviews/<uuid:review_id>/decide/", reviews.review_decide, name="review-decide"),
    path("corrections/", corrections.correction_list, name="corrections"),
    path("corrections/new/", corrections.correction_new, name="correction-new"),
    path("corrections/propose/", corrections.correction_propose, name="correction-propose"),
    path(
        "corrections/<uuid:correction_id>/decide/",
        corrections.correction_decide,
        name="correction-decide",
    ),
]
