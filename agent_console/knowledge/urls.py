"""Addresses of the knowledge base, under ``/console/connaissances/``."""

from django.urls import path

from .views import editing, reading

app_name = "knowledge"

urlpatterns = [
    path("", reading.article_list, name="articles"),
    path("trouver/", reading.found_part, name="found"),
    path("nouveau/", editing.article_new, name="new"),
    path("<int:article_id>/", reading.article_page, name="article"),
    path("<int:article_id>/modifier/", editing.article_edit, name="edit"),
    path("<int:article_id>/relu/", editing.review, name="review"),
    path("<int:article_id>/etat/", editing.step, name="step"),
    path("<int:article_id>/reprendre/", editing.restore, name="restore"),
]
