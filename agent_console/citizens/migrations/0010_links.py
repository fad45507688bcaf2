import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('citizens', '0003_address_sealed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ContactLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.CharField(choices=[('first', 'Premier contact'), ('same_number', 'Même numéro'), ('code', 'Code à usage unique'), ('openid', 'FranceConnect ou équivalent'), ('operator', 'Téléconseiller'), ('own_request', 'À sa demande'), ('new_holder', 'Nouveau titulaire'), ('merge', 'Réunion de deux fiches'), ('split', 'Numéro partagé')], max_length=12)),
                ('since', models.DateTimeField()),
                ('verified_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_how', models.CharField(blank=True, choices=[('first', 'Premier contact'), ('same_number', 'Même numéro'), ('code', 'Code à usage unique'), ('openid', 'FranceConnect ou équivalent'), ('operator', 'Téléconseiller'), ('own_request', 'À sa demande'), ('new_holder', 'Nouveau titulaire'), ('merge', 'Réunion de deux fiches'), ('split', 'Numéro partagé')], max_length=12)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='OneTimeCode',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(choices=[('sign_in', 'Se connecter'), ('link', 'Rattacher un contact'), ('recognise', 'Consulter ou dépenser des points')], max_length=12)),
                ('digest', models.BinaryField(max_length=32)),
                ('code_sealed', models.BinaryField(null=True)),
                ('requester', models.BinaryField(max_length=32)),
                ('request_key', models.CharField(max_length=128, null=True, unique=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('handed_at', models.DateTimeField(null=True)),
                ('used_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Pin',
            fields=[
                ('resident', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='pin', serialize=False, to='citizens.resident')),
                ('hash', models.CharField(max_length=256)),
                ('set_at', models.DateTimeField()),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('locked_until', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Recognition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.CharField(choices=[('code', 'Code à usage unique'), ('pin', 'Code secret')], max_length=4)),
                ('at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ResidentMerge',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('undo_until', models.DateTimeField()),
                ('wallets_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.AlterModelOptions(
            name='resident',
            options={'permissions': [('view_wallet', 'Peut consulter le solde d’un citoyen'), ('manage_contacts', 'Peut rattacher et détacher les contacts d’un citoyen'), ('merge_residents', 'Peut réunir deux citoyens, ou les séparer')]},
        ),
        migrations.AddField(
            model_name='resident',
            name='adult_enough_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='resident',
            name='merged_into',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='citizens.resident'),
        ),
        migrations.AddConstraint(
            model_name='resident',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='resident_not_merged_into_itself'),
        ),
        migrations.AddField(
            model_name='contactlink',
            name='actor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contactlink',
            name='contact_point',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='citizens.contactpoint'),
        ),
        migrations.AddField(
            model_name='contactlink',
            name='resident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='citizens.resident'),
        ),
        migrations.AddField(
            model_name='onetimecode',
            name='asked_from',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='codes_asked', to='citizens.contactpoint'),
        ),
        migrations.AddField(
            model_name='onetimecode',
            name='contact_point',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='citizens.contactpoint'),
        ),
        migrations.AddField(
            model_name='recognition',
            name='contact_point',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recognitions', to='citizens.contactpoint'),
        ),
        migrations.AddField(
            model_name='recognition',
            name='resident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recognitions', to='citizens.resident'),
        ),
        migrations.AddField(
            model_name='residentmerge',
            name='actor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='residentmerge',
            name='kept',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges_kept', to='citizens.resident'),
        ),
        migrations.AddField(
            model_name='residentmerge',
            name='merged',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges_gone', to='citizens.resident'),
        ),
        migrations.AddField(
            model_name='residentmerge',
            name='undone_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contactlink',
            name='merge',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='citizens.residentmerge'),
        ),
        migrations.AddIndex(
            model_name='onetimecode',
            index=models.Index(fields=['contact_point', 'created_at'], name='code_by_contact'),
        ),
        migrations.AddIndex(
            model_name='onetimecode',
            index=models.Index(fields=['requester', 'created_at'], name='code_by_requester'),
        ),
        migrations.AddIndex(
            model_name='onetimecode',
            index=models.Index(fields=['created_at'], name='code_by_time'),
        ),
        migrations.AddIndex(
            model_name='recognition',
            index=models.Index(fields=['contact_point', '-at'], name='recognition_latest'),
        ),
        migrations.AddConstraint(
            model_name='residentmerge',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('merged',), name='merge_once'),
        ),
        migrations.AddConstraint(
            model_name='residentmerge',
            constraint=models.CheckConstraint(condition=models.Q(('kept', models.F('merged')), _negated=True), name='merge_of_two'),
        ),
        migrations.AddConstraint(
            model_name='contactlink',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('contact_point', 'resident'), name='contact_link_once'),
        ),
        migrations.AddConstraint(
            model_name='contactlink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_how', '')), models.Q(('ended_at__isnull', False), models.Q(('ended_how', ''), _negated=True)), _connector='OR'), name='contact_link_ended_somehow'),
        ),
        # Until now each contact had one resident at most, since its first act.
        migrations.RunSQL(
            """
            INSERT INTO citizens_contactlink (contact_point_id, resident_id, how, since, ended_how)
            SELECT id, resident_id, 'first', created_at, ''
              FROM citizens_contactpoint WHERE resident_id IS NOT NULL
            """,
            migrations.RunSQL.noop,
        ),
    ]
