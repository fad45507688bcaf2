"""Accounts have a history, and initial passwords are every colleague's, not only the cashiers'.

The table of initial passwords stays where it is: only its model moves here.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION staff_refuse_any_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER staff_accountchange_append_only
    BEFORE UPDATE OR DELETE ON staff_accountchange
    FOR EACH STATEMENT EXECUTE FUNCTION staff_refuse_any_change();
"""
BACKWARD = """
DROP TRIGGER staff_accountchange_append_only ON staff_accountchange;
DROP FUNCTION staff_refuse_any_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("staff", "0005_session_epochs"),
        ("partner_admin", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="InitialPassword",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("issued_at", models.DateTimeField(auto_now_add=True)),
                        ("issued_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("user", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="initial_password", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={"db_table": "partner_admin_initialpassword"},
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccountChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("actor", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="account_changes", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["-id"],
                "default_permissions": (),
                "permissions": [("manage_accounts", "Peut ouvrir, changer et fermer les comptes des agents")],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
