"""The 92 communes of the Metropolis and Marseille's 16 arrondissements.

Source: the national commune reference (Licence Ouverte), files under ``data/``.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Commune(models.Model):
    """A commune or an arrondissement; ``insee`` is its official code."""

    insee = models.CharField(max_length=5, primary_key=True)
    name = models.CharField(max_length=80)
    search_name = models.CharField(max_length=80, db_index=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    population = models.PositiveIntegerField()
    postcodes = ArrayField(models.CharField(max_length=5))

    def __str__(self) -> str:
        return self.name
