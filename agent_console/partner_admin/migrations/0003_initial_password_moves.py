"""The model of initial passwords moves to ``staff``; its table and rows stay."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("partner_admin", "0002_accounts_append_only"),
        ("staff", "0006_accounts"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="InitialPassword")]
        )
    ]
