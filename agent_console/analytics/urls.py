"""Addresses of the analyses, under ``/console/analyses/``."""

from django.urls import path

from .views import costs, impact, impact_data, overview, points

app_name = "analytics"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("contacts/", overview.contacts, name="contacts"),
    path("phrases/", overview.sentences, name="sentences"),
    path("definitions/", overview.definitions, name="definitions"),
    path("points/", points.points, name="points"),
    path("export/points_moved.csv", points.points_export, name="points-export"),
    path("effets/", impact.impact, name="impact"),
    path("effets/signalements/", impact.reports, name="impact-reports"),
    path("effets/communes/<slug:insee>/", impact.tonnages, name="tonnages"),
    path("effets/etudes/nouvelle/", impact_data.study_new, name="study-new"),
    path("effets/etudes/<int:pk>/", impact.study, name="study"),
    path("effets/etudes/<int:pk>/changer/", impact_data.study_change, name="study-change"),
    path("effets/etudes/<int:pk>/retirer/", impact_data.study_withdraw, name="study-withdraw"),
    path("effets/etudes/<int:pk>/semaines.csv", impact.study_export, name="study-export"),
    path("effets/donnees/", impact_data.data, name="impact-data"),
    path("effets/donnees/tonnages/", impact_data.tonnages_import, name="tonnages-import"),
    path("effets/donnees/bornes/", impact_data.sites_place, name="sites-place"),
    path("effets/donnees/depenses/", impact_data.spending_note, name="spending-note"),
    path("effets/export/<slug:code>.csv", impact.export, name="impact-export"),
    path("export/<slug:code>.csv", overview.export, name="export"),
    path("couts/", costs.costs, name="costs"),
]
