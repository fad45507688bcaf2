"""Streets and house numbers of the Base Adresse Nationale, and what searches them."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

# ``unaccent`` is only STABLE, because its dictionary may change; indexes need IMMUTABLE.  We never
# change the dictionary, and name it, so that the search path has no say.
FOLD = r"""
CREATE FUNCTION places_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
SELECT btrim(regexp_replace(
    lower(public.unaccent('public.unaccent'::regdictionary, $1)), '[^a-z0-9]+', ' ', 'g'
))
$$
"""
# Degrees of longitude shrunk to those of latitude (geocoding/reverse.py has the same number), so
# that the nearest in the index is the nearest on the ground.
POINT = """
CREATE INDEX places_address_point ON places_address
USING gist (point(longitude * 0.7266, latitude)) WHERE latitude IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [("places", "0001_initial")]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(FOLD, "DROP FUNCTION places_fold(text)"),
        migrations.CreateModel(
            name='AddressLoad',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=80)),
                ('file_name', models.CharField(max_length=200)),
                ('file_digest', models.CharField(max_length=64)),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('lines_done', models.PositiveIntegerField(default=0)),
                ('kept_count', models.PositiveIntegerField(default=0)),
                ('elsewhere_count', models.PositiveIntegerField(default=0)),
                ('bad_count', models.PositiveIntegerField(default=0)),
                ('bad_lines', models.JSONField(default=list)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('finished_at', None)), fields=('source', 'file_digest'), name='places_one_open_load')],
            },
        ),
        migrations.CreateModel(
            name='Street',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ban_id', models.CharField(max_length=64, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('kind', models.CharField(max_length=20)),
                ('core', models.CharField(max_length=200)),
                ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), size=None)),
                ('postcode', models.CharField(max_length=5)),
                ('latitude', models.FloatField(null=True)),
                ('longitude', models.FloatField(null=True)),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.commune')),
            ],
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('ban_id', models.CharField(max_length=96, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('suffix', models.CharField(max_length=20)),
                ('postcode', models.CharField(max_length=5)),
                ('latitude', models.FloatField(null=True)),
                ('longitude', models.FloatField(null=True)),
                ('certified', models.BooleanField()),
                ('load', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='places.addressload')),
                ('street', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='places.street')),
            ],
        ),
        migrations.AddIndex(
            model_name='street',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('core'), name='gin_trgm_ops'), name='places_street_core_trgm'),
        ),
        migrations.AddIndex(
            model_name='street',
            index=django.contrib.postgres.indexes.GinIndex(fields=['keys'], name='places_street_keys'),
        ),
        migrations.AddIndex(
            model_name='street',
            index=models.Index(django.db.models.functions.comparison.Collate(models.Func(models.F('name'), function='places_fold'), 'C'), name='places_street_written'),
        ),
        migrations.AddIndex(
            model_name='address',
            index=models.Index(fields=['street', 'number'], name='places_address_number'),
        ),
        # Django's second index on the key, for LIKE: nothing searches identifiers so.
        migrations.RunSQL(
            "DROP INDEX IF EXISTS places_address_ban_id_6d49297b_like", migrations.RunSQL.noop
        ),
        migrations.RunSQL(POINT, "DROP INDEX places_address_point"),
    ]
