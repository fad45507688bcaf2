"""One round trip for all that opening a reward has to know."""

from django.db import migrations

# Takes the locks, then looks: in a volatile function each statement sees what was committed before
# it began, so what the look finds can't be outdated by a request that held a lock before us.  A
# plain statement would look with the eyes of the moment before it waited.
#
# ``locks`` comes sorted, and every caller takes them before any row of the ledger, so that two
# requests can't wait for each other.  Answers one row for each thing asked, in the order asked.
STANDING = """
CREATE FUNCTION rewards_standing(
    locks bigint[], wallets uuid[], codes text[], evidences uuid[], at timestamptz,
    day_from timestamptz, day_until timestamptz, month_from timestamptz, month_until timestamptz
) RETURNS TABLE (
    rule_id bigint, points integer, cap_day_points integer, cap_month_points integer,
    cooling_off_s integer, auto_post_after_days smallint, checked_percent smallint,
    campaign_id bigint, wallet_known boolean, evidence_taken boolean,
    day_points bigint, month_points bigint, last_at timestamptz
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_catalog.pg_advisory_xact_lock(key) FROM unnest(locks) AS key;
    RETURN QUERY
    SELECT rule.id, rule.points, rule.cap_day_points, rule.cap_month_points, rule.cooling_off_s,
           rule.auto_post_after_days, rule.checked_percent, rule.campaign_id,
           EXISTS (SELECT FROM public.ledger_account AS account
                    WHERE account.wallet_id = asked.wallet AND account.kind = 'wallet_pending'),
           EXISTS (SELECT FROM public.rewards_reward AS reward
                    WHERE reward.rule_code = asked.code AND reward.evidence = asked.evidence),
           coalesce(used.day_points, 0)::bigint, coalesce(used.month_points, 0)::bigint,
           used.last_at
      FROM unnest(wallets, codes, evidences) WITH ORDINALITY
           AS asked (wallet, code, evidence, place)
      LEFT JOIN LATERAL (
               SELECT * FROM public.rewards_rewardrule AS version
                WHERE version.code = asked.code AND version.valid_from <= at
                ORDER BY version.valid_from DESC, version.id DESC LIMIT 1) AS rule
           -- A campaign's rule pays while the campaign lasts.
           ON rule.campaign_id IS NULL
              OR EXISTS (SELECT FROM public.rewards_campaign AS campaign
                          WHERE campaign.id = rule.campaign_id
                            AND campaign.starts_at <= at AND at < campaign.ends_at)
      LEFT JOIN LATERAL (
               SELECT sum(reward.points) FILTER (
                          WHERE reward.created_at >= day_from AND reward.created_at < day_until
                      ) AS day_points,
                      sum(reward.points) FILTER (
                          WHERE reward.created_at >= month_from AND reward.created_at < month_until
                      ) AS month_points,
                      max(reward.created_at) AS last_at
                 FROM public.rewards_reward AS reward
                WHERE reward.wallet_id = asked.wallet AND reward.rule_code = asked.code
                  AND reward.state <> 'voided'
                  AND reward.created_at >= least(
                          month_from, at - make_interval(secs => rule.cooling_off_s))) AS used
           ON rule.cap_day_points IS NOT NULL OR rule.cap_month_points IS NOT NULL
              OR rule.cooling_off_s > 0
     ORDER BY asked.place;
END $$;
"""
DROP_STANDING = "DROP FUNCTION rewards_standing;"


class Migration(migrations.Migration):
    dependencies = [("rewards", "0004_guards_of_rules_and_reviews")]
    operations = [migrations.RunSQL(STANDING, DROP_STANDING)]
