"""Addresses of the training loop, under ``/console/entrainement/``."""

from django.urls import path

from .views import correcting, exporting, marking, reviewing

app_name = "training"

urlpatterns = [
    path("", reviewing.correction_list, name="corrections"),
    path("<int:correction_id>/", reviewing.correction_page, name="correction"),
    path("<int:correction_id>/decision/", reviewing.decide, name="decide"),
    path("phrases/<int:message_id>/", correcting.correct, name="correct"),
    path("phrases/<int:message_id>/mal-comprise/", marking.mark, name="mark"),
    path("phrases/<int:message_id>/bien-comprise/", marking.unmark, name="unmark"),
    path("confusions/", reviewing.confusion_table, name="confusions"),
    path("exports/", exporting.export_list, name="exports"),
    path("exports/nouveau/", exporting.export_new, name="export-new"),
    path("exports/<int:number>.yml", exporting.export_file, name="export-file"),
]
