"""What holds of deposits and their parts, once every row has moved."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('collectors', '0004_deposits_into_parts')]

    operations = [
        migrations.RemoveField(
            model_name='deposit',
            name='reward_id',
        ),
        migrations.AddConstraint(
            model_name='deposit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_at__isnull', True), ('resident__isnull', True), ('state', 'waiting_card')), models.Q(('due_at__isnull', False), ('resident__isnull', False), models.Q(('state', 'waiting_card'), _negated=True)), _connector='OR'), name='deposit_resident_when_due'),
        ),
        migrations.AddConstraint(
            model_name='deposit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rewarded_items', models.F('items')), ('state', 'rewarded')), models.Q(models.Q(('state', 'rewarded'), _negated=True), ('rewarded_items__lt', models.F('items'))), _connector='OR'), name='deposit_rewarded_whole'),
        ),
        migrations.AddConstraint(
            model_name='depositpart',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('deposit',), name='part_one_open'),
        ),
        migrations.AddConstraint(
            model_name='depositpart',
            constraint=models.CheckConstraint(condition=models.Q(('items__gte', 1), ('items__lte', 1000)), name='part_items_range'),
        ),
        migrations.AddConstraint(
            model_name='depositpart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reward_id__isnull', False), ('state', 'rewarded')), models.Q(models.Q(('state', 'rewarded'), _negated=True), ('points', 0), ('reward_id__isnull', True)), _connector='OR'), name='part_reward_when_rewarded'),
        ),
    ]
