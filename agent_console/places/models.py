"""The territory: communes, and the streets and house numbers that were loaded.

Communes: the 92 of the Metropolis and Marseille's 16 arrondissements, from the national commune
reference (Licence Ouverte), files under ``data/``.  Streets and addresses: the Base Adresse
Nationale (Licence Ouverte), loaded by ``manage.py import_addresses``; none on a fresh machine.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func
from django.db.models.functions import Collate


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


class AddressLoad(models.Model):
    """One reading of one file; its row is the checkpoint, written with each batch of addresses.

    ``lines_done`` counts the file's lines behind us, its header included.  ``bad_lines`` holds the
    first refused ones as ``[line number, code]``; ``bad_count`` counts all.
    """

    source = models.CharField(max_length=80)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    lines_done = models.PositiveIntegerField(default=0)
    kept_count = models.PositiveIntegerField(default=0)
    elsewhere_count = models.PositiveIntegerField(default=0)
    bad_count = models.PositiveIntegerField(default=0)
    bad_lines = models.JSONField(default=list)

    class Meta:
        constraints = [
            # Two commands started at once can't both begin a load of the same file.
            models.UniqueConstraint(
                fields=["source", "file_digest"],
                condition=models.Q(finished_at=None),
                name="places_one_open_load",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.file_name}"


class Street(models.Model):
    """A street or named place of one commune (in Marseille: of one arrondissement).

    ``kind`` ("rue"), ``core`` ("republique") and ``keys`` are ``name`` as it is searched:
    ``geocoding.words``.  The position is that of the house number nearest to the street's middle.
    """

    ban_id = models.CharField(max_length=64, unique=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    core = models.CharField(max_length=200)
    keys = ArrayField(models.CharField(max_length=200))
    postcode = models.CharField(max_length=5)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    class Meta:
        indexes = [
            GinIndex(OpClass(F("core"), name="gin_trgm_ops"), name="places_street_core_trgm"),
            GinIndex(fields=["keys"], name="places_street_keys"),
            models.Index(
                Collate(Func(F("name"), function="places_fold"), "C"),
                name="places_street_written",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """A house number; ``suffix`` is "bis", "ter", "a"… or empty. Degrees are WGS 84."""

    ban_id = models.CharField(max_length=96, primary_key=True)
    # Its index is the one of street and number.
    street = models.ForeignKey(Street, on_delete=models.CASCADE, db_index=False)
    load = models.ForeignKey(AddressLoad, on_delete=models.PROTECT, db_index=False)
    number = models.PositiveIntegerField()
    suffix = models.CharField(max_length=20)
    postcode = models.CharField(max_length=5)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    certified = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["street", "number"], name="places_address_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.suffix}".strip()
