"""Many requests, one account: never a preset or a font too many, never a preset without its font."""

from __future__ import annotations

import pytest

from captions.models import MAX_FONTS, MAX_PRESETS, Font, Preset
from tests.captions.rows import font_row, make_preset, preset_row
from tests.factories import make_account
from tests.races.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account(db):
    return make_account("racer")


def test_c087_eight_processes_fill_the_presets_exactly_to_their_limit(account):
    for slot in range(1, MAX_PRESETS - 9):
        preset_row(account, slot)
    made = at_once("save_presets", *[[account.pk, 3]] * 8)
    assert sum(made) == 10, made
    assert sorted(Preset.objects.values_list("slot", flat=True)) == list(range(1, MAX_PRESETS + 1))


def test_c093_five_processes_fill_the_fonts_exactly_to_their_limit(account):
    for slot in range(1, MAX_FONTS - 1):
        font_row(account, slot)
    made = at_once("upload_fonts", *[[account.pk, 1]] * 5)
    assert sorted(made) == [0, 0, 0, 1, 1], made
    assert Font.objects.count() == MAX_FONTS


def test_c094_a_font_is_deleted_or_used_but_never_both(account):
    for slot in range(1, 7):
        font_row(account, slot)
    ids = list(Font.objects.values_list("pk", flat=True))
    told = at_once("use_or_delete", [account.pk, "use", ids], [account.pk, "delete", ids[::-1]],
                   [account.pk, "use", ids[::-1]], [account.pk, "delete", ids])
    assert all(isinstance(word, list) for word in told), told
    assert {word for words in told for word in words} <= {"used", "deleted", "not_found", "font_in_use"}
    left = set(Font.objects.values_list("pk", flat=True))
    assert set(Preset.objects.values_list("font", flat=True)) == left
    assert sum(words.count("deleted") for words in told) == 6 - len(left)


def test_c088_changes_at_once_are_all_kept_and_obey_the_rule_together(account):
    mine = make_preset(account, highlight_mode=False, words_per_caption=4)
    told = at_once("change_preset", *[[account.pk, mine.pk, changes] for changes in (
        [{"highlight_mode": True}, {"font_size": 50}, {"stroke_width": 1}],
        [{"words_per_caption": 4}, {"position_x": 0.1}, {"position_y": 0.2}],
        [{"text_color": "#111111"}, {"effect": "pop"}, {"name": "Raced"}])])
    assert told == [[200] * 3] * 3, told
    mine.refresh_from_db()
    assert (mine.highlight_mode, mine.words_per_caption, mine.font_size, mine.stroke_width, mine.position_x,
            mine.position_y, mine.text_color, mine.effect, mine.name) == (
        True, 4, 50, 1, 0.1, 0.2, "#111111", "pop", "Raced")
