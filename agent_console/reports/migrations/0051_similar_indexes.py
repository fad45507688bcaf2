"""What finds near reports: by position and time, or by commune and street and time.

``reports_street_key`` brings spellings of a street together: no case, accents or punctuation, no
house number before it, nothing after a comma, common abbreviations spelled out.  IMMUTABLE, so
that an index can hold it; ``translate`` and not ``unaccent``, whose dictionary may change.
"""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER reports_supportchange_append_only
    BEFORE UPDATE OR DELETE ON reports_supportchange
    FOR EACH STATEMENT EXECUTE FUNCTION reports_refuse_change();
"""
STREET_KEY = r"""
CREATE FUNCTION reports_street_key(text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    key text := lower(translate($1,
        'àâäáãåçèéêëìíîïñòóôöõùúûüýÿ'
        'ÀÂÄÁÃÅÇÈÉÊËÌÍÎÏÑÒÓÔÖÕÙÚÛÜÝŸ',
        'aaaaaaceeeeiiiinooooouuuuyy'
        'aaaaaaceeeeiiiinooooouuuuyy'));
BEGIN
    key := replace(replace(replace(key, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae');
    key := regexp_replace(key, '^\s*\d+\s*((bis|ter|quater|[a-d])\M)?[\s,]*', '');
    key := split_part(key, ',', 1);
    key := regexp_replace(key, '[^a-z0-9]+', ' ', 'g');
    key := regexp_replace(key, '\m\d{5}\M.*$', '');
    key := ' ' || btrim(key) || ' ';
    key := regexp_replace(key, '^ r ', ' rue ');
    key := regexp_replace(key, '^ (bd|bld|blvd|boul) ', ' boulevard ');
    key := regexp_replace(key, '^ (av|ave) ', ' avenue ');
    key := regexp_replace(key, '^ pl ', ' place ');
    key := regexp_replace(key, '^ (ch|che) ', ' chemin ');
    key := regexp_replace(key, '^ (all|allee) ', ' allees ');
    key := regexp_replace(key, '^ imp ', ' impasse ');
    key := regexp_replace(key, '^ (rte) ', ' route ');
    key := replace(replace(key, ' st ', ' saint '), ' ste ', ' sainte ');
    key := regexp_replace(key, ' (de|du|des|la|le|les|l|d)(?= )', '', 'g');
    RETURN btrim(key);
END
$$;
"""
# The expressions are spelled as ``similar`` spells them.
INDEXES = """
CREATE INDEX report_position ON reports_report
    USING gist (point(longitude, latitude), created_at) WHERE latitude IS NOT NULL;
CREATE INDEX report_street ON reports_report
    (commune_id, reports_street_key((COALESCE(NULLIF(address, ''), place))::text), created_at);
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0050_support")]
    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.RunSQL(
            APPEND_ONLY, "DROP TRIGGER reports_supportchange_append_only ON reports_supportchange"
        ),
        migrations.RunSQL(STREET_KEY, "DROP FUNCTION reports_street_key(text)"),
        migrations.RunSQL(INDEXES, "DROP INDEX report_street; DROP INDEX report_position"),
    ]
