from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("citizens", "0002_opt_out"),
    ]

    operations = [
        migrations.AddField(
            model_name="contactpoint",
            name="address_sealed",
            field=models.BinaryField(null=True, editable=False),
        ),
    ]
