import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("reports", "0005_fill_service_and_closing")]

    operations = [
        migrations.AlterField(
            model_name="report",
            name="assigned_to",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="reports.service",
            ),
        ),
    ]
