"""Deposits are rewarded in parts; rows move in 0004, what must hold afterwards is in 0005."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('citizens', '0001_initial'),
        ('collectors', '0002_card_change_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DepositPart',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('deposit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='collectors.deposit')),
                ('items', models.PositiveSmallIntegerField()),
                ('former_items', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None)),
                ('state', models.CharField(choices=[('open', 'Demandée'), ('rewarded', 'Versée'), ('refused', 'Refusée')], default='open', max_length=8)),
                ('unanswered', models.PositiveSmallIntegerField(default=0)),
                ('reward_id', models.UUIDField(editable=False, null=True)),
                ('points', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['decided_at', 'created_at'],
            },
        ),
        migrations.CreateModel(
            name='DepositRetry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deposit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='retries', to='collectors.deposit')),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('attempts', models.PositiveSmallIntegerField()),
                ('wait_code', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AlterModelOptions(
            name='deposit',
            options={'permissions': [('retry_deposit', 'Peut relancer la récompense d’un dépôt')]},
        ),
        migrations.RemoveConstraint(
            model_name='deposit',
            name='deposit_resident_when_due',
        ),
        migrations.RemoveIndex(
            model_name='deposit',
            name='deposit_due',
        ),
        migrations.AddField(
            model_name='deposit',
            name='due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='deposit',
            name='failing_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='deposit',
            name='rewarded_items',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='deposit',
            name='wait_code',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddIndex(
            model_name='deposit',
            index=models.Index(condition=models.Q(('state', 'due')), fields=['resident', 'received_at'], name='deposit_due'),
        ),
    ]
