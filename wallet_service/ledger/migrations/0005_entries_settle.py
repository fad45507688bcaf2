"""An entry is one of the legal operations, written whole by one statement, and agrees with what
settles it and with the lots it moves; nothing is added to it later."""

from django.db import migrations

# The table of operations of ledger/domain.py: kind, accounts with the sign of what they get (in the
# order of their names), and what the chain does. A test compares the two.
OPERATIONS = (
    ("reward_pending", "-issuance_pending +wallet_pending", "none"),
    (
        "reward_posted",
        "-issuance +issuance_pending +wallet_available -wallet_pending",
        "mint",
    ),
    ("reward_voided", "+issuance_pending -wallet_pending", "none"),
    ("reward_granted", "-issuance +wallet_available", "mint"),
    ("reward_reversed", "+issuance -wallet_available", "burn"),
    (
        "reward_reversed",
        "+issuance -recoverable_claims -wallet_available +wallet_recoverable",
        "burn",
    ),
    ("reward_reversed", "-recoverable_claims +wallet_recoverable", "none"),
    (
        "points_recovered",
        "+issuance +recoverable_claims -wallet_available -wallet_recoverable",
        "burn",
    ),
    ("points_expired", "+expiry -wallet_available", "burn"),
    ("redemption_held", "-wallet_available +wallet_held", "none"),
    ("redemption_captured", "+partner_earned -wallet_held", "move"),
    ("redemption_released", "+wallet_available -wallet_held", "none"),
    ("redemption_refunded", "-partner_earned +wallet_available", "move"),
    ("statement_closed", "-partner_earned +settlement", "burn"),
    ("correction_credited", "-issuance +wallet_available", "mint"),
    ("correction_debited", "+issuance -wallet_available", "burn"),
    (
        "correction_debited",
        "+issuance -recoverable_claims -wallet_available +wallet_recoverable",
        "burn",
    ),
    ("correction_debited", "-recoverable_claims +wallet_recoverable", "none"),
)
_CASES = "\n".join(
    f"        WHEN '{kind} {shape}' THEN '{operation}'" for kind, shape, operation in OPERATIONS
)
OPERATION = f"""
CREATE FUNCTION ledger_operation(kind text, shape text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE kind || ' ' || shape
{_CASES}
    END
$$;
"""
DROP_OPERATION = "DROP FUNCTION ledger_operation(text, text);"

# Kinds that only concern pending points: neither the chain nor a lot knows of those.
_PENDING_ONLY = "'reward_pending', 'reward_voided'"

# A row belongs to the statement that wrote its entry when both carry the same transaction (also the
# full number in written_in: the short ones come round) and the same place in it.
WRITTEN_IN = """
ALTER TABLE ledger_journalentry ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id();
"""
DROP_WRITTEN_IN = "ALTER TABLE ledger_journalentry DROP COLUMN written_in;"
_SAME_STATEMENT = (
    "entry.xmin = {row}.xmin AND entry.cmin = {row}.cmin "
    "AND entry.written_in = pg_current_xact_id()"
)

# Fires at the end of the statement that inserted the postings, once for all of them. An entry whose
# postings are all of its own statement has no others, and can get none later. Most entries only
# concern pending points: nothing more is looked at for them, because they can't have an intent or a
# lot (see below).
COMPLETE = f"""
CREATE FUNCTION ledger_postings_complete() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    refused text;
    spendable uuid[];
BEGIN
    SELECT max(broken || ' ' || entry_id), array_agg(entry_id) FILTER (WHERE NOT pending_only)
      INTO refused, spendable
      FROM (SELECT written.entry_id, entry.kind IN ({_PENDING_ONLY}) AS pending_only,
                   CASE WHEN entry.id IS NULL THEN 'entry_closed'
                        WHEN count(*) < 2 OR sum(written.points) <> 0 THEN 'entry_balanced'
                        WHEN public.ledger_operation(entry.kind, string_agg(
                                 CASE WHEN written.points > 0 THEN '+' ELSE '-' END || account.kind,
                                 ' ' ORDER BY account.kind COLLATE "C")) IS NULL
                            THEN 'entry_shape'
                        WHEN entry.wallet_id IS NULL
                          OR bool_or(account.wallet_id <> entry.wallet_id
                                     AND (account.kind <> 'partner_earned'
                                          OR entry.kind = 'statement_closed'))
                            THEN 'entry_wallet'
                   END AS broken
              FROM written
              JOIN public.ledger_posting posting ON posting.id = written.id
              JOIN public.ledger_account account ON account.id = written.account_id
              LEFT JOIN public.ledger_journalentry entry
                ON entry.id = written.entry_id AND {_SAME_STATEMENT.format(row="posting")}
             GROUP BY written.entry_id, entry.id) AS entry;
    IF refused IS NULL AND spendable IS NOT NULL THEN
        refused := public.ledger_entries_disagree(spendable);
    END IF;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'entry is refused: %', refused
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = split_part(refused, ' ', 1);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_complete AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_postings_complete();
"""
DROP_COMPLETE = """
DROP TRIGGER entry_complete ON ledger_posting;
DROP FUNCTION ledger_postings_complete();
"""

# The chain knows of a wallet what is available or held, and of a partner what it has earned. So the
# changes that an entry makes to those sums must be what its intent asks of the chain, address by
# address: a gain for a mint, a loss for a burn, both for a move, and no intent where nothing
# changes. What an entry changes of the available balance must be what its lots account for, all in
# one direction: new lots and points put back, or points taken.
AGREE = """
CREATE FUNCTION ledger_entries_disagree(entries uuid[]) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT broken || ' ' || entry_id
          FROM (SELECT moved.entry_id, CASE
                       WHEN moved.corrects_id IS NULL AND moved.kind IN (
                           'redemption_captured', 'redemption_released', 'redemption_refunded',
                           'reward_reversed') THEN 'entry_names_what_it_ends'
                       WHEN moved.operation <> coalesce(intent.operation, 'none')
                         OR CASE moved.operation
                                WHEN 'none' THEN false
                                WHEN 'mint' THEN (moved.citizen, wallet.address)
                                    IS DISTINCT FROM (intent.points, intent.to_address)
                                WHEN 'burn' THEN (-moved.citizen - moved.partner, wallet.address)
                                    IS DISTINCT FROM (intent.points, intent.from_address)
                                ELSE moved.citizen <> -moved.partner
                                  OR abs(moved.partner) <> intent.points
                                  OR CASE WHEN moved.partner > 0
                                          THEN (wallet.address, partner.address)
                                          ELSE (partner.address, wallet.address) END
                                     IS DISTINCT FROM (intent.from_address, intent.to_address)
                            END
                           THEN 'entry_settles'
                       WHEN (moved.available, abs(moved.available), 0)
                            IS DISTINCT FROM (lots.points, lots.moved, lots.strangers)
                           THEN 'entry_lots'
                       END AS broken
                  FROM (SELECT entry.id AS entry_id, entry.kind, entry.corrects_id,
                               entry.wallet_id,
                               coalesce(sum(posting.points) FILTER (
                                   WHERE account.kind = 'wallet_available'), 0) AS available,
                               coalesce(sum(posting.points) FILTER (
                                   WHERE account.kind IN ('wallet_available', 'wallet_held')), 0)
                                   AS citizen,
                               coalesce(sum(posting.points) FILTER (
                                   WHERE account.kind = 'partner_earned'), 0) AS partner,
                               (array_agg(account.wallet_id) FILTER (
                                   WHERE account.kind = 'partner_earned'))[1] AS partner_id,
                               public.ledger_operation(entry.kind, string_agg(
                                   CASE WHEN posting.points > 0 THEN '+' ELSE '-' END
                                   || account.kind, ' ' ORDER BY account.kind COLLATE "C"))
                                   AS operation
                          FROM public.ledger_journalentry entry
                          JOIN public.ledger_posting posting ON posting.entry_id = entry.id
                          JOIN public.ledger_account account ON account.id = posting.account_id
                         WHERE entry.id = ANY (entries)
                         GROUP BY entry.id) AS moved
                  JOIN public.ledger_wallet wallet ON wallet.id = moved.wallet_id
                  LEFT JOIN public.ledger_wallet partner ON partner.id = moved.partner_id
                  LEFT JOIN public.ledger_settlementintent intent
                    ON intent.entry_id = moved.entry_id
                 CROSS JOIN LATERAL (
                       SELECT coalesce(sum(part.points), 0) AS points,
                              coalesce(sum(abs(part.points)), 0) AS moved,
                              count(*) FILTER (WHERE part.wallet_id <> moved.wallet_id)
                                  AS strangers
                         FROM (SELECT lot.points, lot.wallet_id FROM public.ledger_lot lot
                                WHERE lot.entry_id = moved.entry_id
                                UNION ALL
                               SELECT movement.points, lot.wallet_id
                                 FROM public.ledger_lotmovement movement
                                 JOIN public.ledger_lot lot ON lot.id = movement.lot_id
                                WHERE movement.entry_id = moved.entry_id) AS part) AS lots
               ) AS verdict
         WHERE broken IS NOT NULL LIMIT 1);
END $$;
"""
DROP_AGREE = "DROP FUNCTION ledger_entries_disagree(uuid[]);"

# An entry is there with its postings, or not at all.
ENTRY = """
CREATE FUNCTION ledger_entry_has_postings() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    bare uuid;
BEGIN
    SELECT written.id INTO bare FROM written
     WHERE NOT EXISTS (SELECT FROM public.ledger_posting WHERE entry_id = written.id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % has no postings', bare
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_complete AFTER INSERT ON ledger_journalentry
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_has_postings();
"""
DROP_ENTRY = """
DROP TRIGGER entry_complete ON ledger_journalentry;
DROP FUNCTION ledger_entry_has_postings();
"""


def _part_of_entry(table: str) -> migrations.RunSQL:
    """What belongs to an entry is written with it; its sums are checked with the postings."""
    return migrations.RunSQL(
        f"""
CREATE FUNCTION {table}_with_entry() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    late uuid;
BEGIN
    SELECT written.entry_id INTO late
      FROM written
      JOIN public.{table} part ON part.id = written.id
      LEFT JOIN public.ledger_journalentry entry
        ON entry.id = written.entry_id AND {_SAME_STATEMENT.format(row="part")}
     WHERE entry.id IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is closed', late
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_closed';
    END IF;
    SELECT written.entry_id INTO late
      FROM written
      JOIN public.ledger_journalentry entry ON entry.id = written.entry_id
     WHERE entry.kind IN ({_PENDING_ONLY}) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % only concerns pending points', late
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_pending_only';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER with_entry AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_with_entry();
""",
        f"DROP TRIGGER with_entry ON {table}; DROP FUNCTION {table}_with_entry();",
    )


# Nothing is minted while issuing is stopped.
ISSUING = """
CREATE FUNCTION ledger_issuing_allowed() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF (SELECT stopped FROM public.ledger_issuingstop ORDER BY id DESC LIMIT 1)
       AND EXISTS (SELECT FROM written WHERE operation = 'mint') THEN
        RAISE EXCEPTION 'issuing is stopped'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'issuing_stopped';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER issuing_allowed AFTER INSERT ON ledger_settlementintent
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_issuing_allowed();
"""
DROP_ISSUING = """
DROP TRIGGER issuing_allowed ON ledger_settlementintent;
DROP FUNCTION ledger_issuing_allowed();
"""

# Points expire only after somebody dealt with their announcement.
EXPIRY = """
CREATE FUNCTION ledger_expiry_announced() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM written
          JOIN public.ledger_journalentry entry ON entry.id = written.entry_id
         WHERE entry.kind = 'points_expired' AND NOT EXISTS (
               SELECT FROM public.ledger_lotnotice announced
                 JOIN public.ledger_expirynotice notice ON notice.id = announced.notice_id
                WHERE announced.lot_id = written.lot_id AND notice.acknowledged_at IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'points expire unannounced'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'expiry_announced';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER expiry_announced AFTER INSERT ON ledger_lotmovement
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_expiry_announced();
"""
DROP_EXPIRY = """
DROP TRIGGER expiry_announced ON ledger_lotmovement;
DROP FUNCTION ledger_expiry_announced();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_system_accounts")]
    operations = [
        migrations.RunSQL(OPERATION, DROP_OPERATION),
        migrations.RunSQL(WRITTEN_IN, DROP_WRITTEN_IN),
        migrations.RunSQL(AGREE, DROP_AGREE),
        migrations.RunSQL(COMPLETE, DROP_COMPLETE),
        migrations.RunSQL(ENTRY, DROP_ENTRY),
        _part_of_entry("ledger_settlementintent"),
        _part_of_entry("ledger_lot"),
        _part_of_entry("ledger_lotmovement"),
        migrations.RunSQL(ISSUING, DROP_ISSUING),
        migrations.RunSQL(EXPIRY, DROP_EXPIRY),
    ]
