from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clips', '0002_captions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Master',
            fields=[
                ('clip', models.OneToOneField(on_delete=models.deletion.CASCADE, primary_key=True, related_name='master', serialize=False, to='clips.clip')),
                ('key', models.CharField(max_length=300, unique=True)),
                ('size', models.BigIntegerField()),
                ('start', models.FloatField()),
                ('end', models.FloatField()),
                ('at', models.FloatField()),
                ('probe', models.JSONField()),
                ('language', models.CharField(blank=True, max_length=16)),
                ('said', models.JSONField()),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('key', ''), _negated=True), ('size__gt', 0)), name='master_has_bytes'),
                    models.CheckConstraint(condition=models.Q(('end__gt', models.F('start')), ('start__gte', 0)), name='master_has_range'),
                ],
            },
        ),
    ]
