from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('captions', '0002_transcripts'),
    ]

    operations = [
        migrations.AddField(
            model_name='preset',
            name='clone_from',
            field=models.CharField(blank=True, default='', editable=False, max_length=80),
        ),
        migrations.AddConstraint(
            model_name='preset',
            constraint=models.CheckConstraint(condition=models.Q(('clone_from', ''), ('clone_from__startswith', 'builtin:'), ('clone_from__startswith', 'preset:'), _connector='OR'), name='preset_clone_from_is_a_ref'),
        ),
    ]
