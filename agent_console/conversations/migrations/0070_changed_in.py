"""Each conversation carries the number of the transaction that last changed what lists show of it.

Numbers of transactions, not of a sequence: the server knows below which all have ended
(``pg_snapshot_xmin``), so whoever asks for what changed since misses nothing that commits late.
A trigger, because services, bulk updates and erasures all have to.
"""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION conversations_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_in := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER conversations_changed BEFORE INSERT OR UPDATE ON conversations_conversation
    FOR EACH ROW EXECUTE FUNCTION conversations_note_change();

CREATE FUNCTION conversations_note_alert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE conversations_conversation SET changed_in = 0 WHERE id = NEW.conversation_id;
    RETURN NULL;
END $$;
CREATE TRIGGER conversations_alert_changed AFTER INSERT OR UPDATE OF ended_at ON conversations_alert
    FOR EACH ROW EXECUTE FUNCTION conversations_note_alert();

CREATE FUNCTION conversations_note_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE conversations_conversation SET changed_in = 0
        WHERE id = NEW.conversation_id AND last_seq = NEW.seq;
    RETURN NULL;
END $$;
CREATE TRIGGER conversations_text_changed AFTER UPDATE OF text ON conversations_message
    FOR EACH ROW WHEN (OLD.text IS DISTINCT FROM NEW.text)
    EXECUTE FUNCTION conversations_note_text();
"""
BACKWARD = """
DROP TRIGGER conversations_text_changed ON conversations_message;
DROP FUNCTION conversations_note_text();
DROP TRIGGER conversations_alert_changed ON conversations_alert;
DROP FUNCTION conversations_note_alert();
DROP TRIGGER conversations_changed ON conversations_conversation;
DROP FUNCTION conversations_note_change();
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0064_received")]
    operations = [
        migrations.AddField(
            model_name="conversation",
            name="changed_in",
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["changed_in"], name="conversation_changed"),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
