"""A partner's agreements never overlap, and a voucher is disputed at most twice."""

from django.db import migrations

# The row that both are about is locked first, so that of two at the same moment the second sees
# what the first wrote. (No exclusion constraint: it would need an extension for the partner.)
APART = """
CREATE FUNCTION offers_agreements_apart() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM public.offers_partner WHERE id = NEW.partner_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM public.offers_agreement agreement
                WHERE agreement.partner_id = NEW.partner_id
                  AND agreement.starts_on <= NEW.ends_on AND agreement.ends_on >= NEW.starts_on)
    THEN
        RAISE EXCEPTION 'agreement overlaps another one of its partner'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'agreement_overlaps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER apart BEFORE INSERT ON offers_agreement
    FOR EACH ROW EXECUTE FUNCTION offers_agreements_apart();
"""
DROP_APART = """
DROP TRIGGER apart ON offers_agreement;
DROP FUNCTION offers_agreements_apart();
"""

# DISPUTES_A_VOUCHER of offers/domain.py; a test compares the two.
DISPUTES = 2
BOUNDED = f"""
CREATE FUNCTION offers_disputes_bounded() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM public.offers_redemption WHERE id = NEW.redemption_id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM public.offers_dispute dispute
         WHERE dispute.redemption_id = NEW.redemption_id) >= {DISPUTES} THEN
        RAISE EXCEPTION 'voucher was disputed often enough'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'dispute_final';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bounded BEFORE INSERT ON offers_dispute
    FOR EACH ROW EXECUTE FUNCTION offers_disputes_bounded();
"""
DROP_BOUNDED = """
DROP TRIGGER bounded ON offers_dispute;
DROP FUNCTION offers_disputes_bounded();
"""


class Migration(migrations.Migration):
    dependencies = [("offers", "0003_redemption_channel_collector")]
    operations = [
        migrations.RunSQL(APART, DROP_APART),
        migrations.RunSQL(BOUNDED, DROP_BOUNDED),
    ]
