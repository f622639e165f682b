"""`GET`, `PATCH`, `DELETE /v1/caption-presets/{preset_id}` (C091)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from captions.models import Preset
from core.times import stamp
from tests.api.test_auth import refused
from tests.api.test_caption_presets import FIELDS
from tests.captions.rows import font_row, make_preset

URL = "/v1/caption-presets"


def path(preset_id: str) -> str:
    return f"/v1/caption-presets/{preset_id}"


@pytest.fixture
def mine(alice) -> Preset:
    return make_preset(alice, "Mine")


def patch(session, preset, **body):
    return session.patch(path(preset.pk), body)


# --- One --------------------------------------------------------------------------------------------------

def test_c091_a_preset_is_found_with_and_without_its_prefix(session, mine):
    plain, prefixed = session.get(path(mine.pk)), session.get(path(mine.ref))
    assert plain.status_code == prefixed.status_code == 200
    assert plain.json() == prefixed.json() and plain.json()["preset_ref"] == mine.ref


def test_c091_a_built_in_style_is_found_by_its_reference(session):
    body = session.get(path("builtin:neon-glow")).json()
    assert (body["name"], body["editable"], body["effect"]) == ("Neon Glow", False, "glow")


@pytest.mark.parametrize("preset_id", [
    "neon-glow", "builtin:nothing", "builtin:", "preset:", "preset:builtin:neon-glow", "preset:preset:x",
    "cap_preset_000000000000", "cap_preset_1", "nonsense", "✂"])
@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_g10_what_nobody_has_is_404(session, mine, preset_id, method):
    refused(getattr(session, method)(path(preset_id), {}), 404, "not_found")


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_b55_anothers_preset_is_404_like_an_unknown_one_and_stays_as_it_is(session, bob, method):
    foreign = make_preset(bob, "bobs")
    before = Preset.objects.values().get()
    told = [refused(getattr(session, method)(path(preset_id), {"name": "stolen"}), 404, "not_found")["error"]
            for preset_id in (foreign.pk, foreign.ref, "cap_preset_000000000000")]
    assert len(set(told)) == 1 and Preset.objects.values().get() == before


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_b55_a_key_is_403(api, mine, method):
    refused(getattr(api, method)(path(mine.pk), {"name": "x"}), 403, "session_required")
    mine.refresh_from_db()
    assert mine.name == "Mine"


@pytest.mark.parametrize("method", ["patch", "delete"])
@pytest.mark.parametrize("preset_id", ["builtin:short-form-karaoke", "builtin:high-contrast-accessible"])
def test_b55_a_built_in_style_is_never_changed_or_deleted(session, method, preset_id):
    before = session.get(path(preset_id)).json()
    assert refused(getattr(session, method)(path(preset_id), {"font_size": 9}), 403, "forbidden")["hint"]
    assert session.get(path(preset_id)).json() == before


# --- Changing ---------------------------------------------------------------------------------------------

def test_c091_what_is_given_changes_and_the_rest_stays(session, mine, time_machine):
    before = session.get(path(mine.pk)).json()
    time_machine.move_to(timezone.now() + timedelta(minutes=5), tick=False)
    reply = patch(session, mine, name="New", position_y=0.5, highlight_color="#abc")
    assert reply.status_code == 200
    assert reply.json() == before | {"name": "New", "position_y": 0.5, "highlight_color": "#abc",
                                     "updated_at": stamp(timezone.now())}
    assert session.get(path(mine.ref)).json() == reply.json()


def test_c091_nothing_given_changes_nothing_but_the_date(session, mine):
    before = session.get(path(mine.pk)).json()
    after = patch(session, mine).json()
    assert {**after, "updated_at": ""} == {**before, "updated_at": ""}


def test_c091_what_was_read_can_be_sent_back_whole(session, alice, mine):
    uploaded = make_preset(alice, "Own font", font_source="upload", font_id=font_row(alice).pk)
    for preset in (mine, uploaded):
        before = session.get(path(preset.pk)).json()
        after = session.patch(path(preset.pk), before).json()
        assert {**after, "updated_at": ""} == {**before, "updated_at": ""}


@pytest.mark.parametrize(("field", "value"), [(field, values[1][0]) for field, values in FIELDS.items()]
                         + [("font_size", 300.5), ("position_x", 2), ("name", "n" * 101), ("text_color", "red;}")])
def test_b53_a_value_outside_its_limits_is_400_and_nothing_changes(session, mine, field, value):
    before = Preset.objects.values().get()
    assert list(refused(patch(session, mine, **{field: value}), 400, "invalid_field")["fields"]) == [field]
    assert Preset.objects.values().get() == before


def test_c088_switching_highlight_on_clamps_the_words_that_are_there(session, alice):
    wordy = make_preset(alice, highlight_mode=False, words_per_caption=12)
    assert patch(session, wordy, highlight_mode=True).json()["words_per_caption"] == 4
    assert patch(session, wordy, highlight_mode=False).json()["words_per_caption"] == 4
    assert patch(session, wordy, words_per_caption=9).json()["words_per_caption"] == 9
    refused(patch(session, wordy, words_per_caption=13), 400, "invalid_field")


def test_b54_words_are_clamped_on_a_change_too(session, mine):
    assert patch(session, mine, words_per_caption=99).json()["words_per_caption"] == 4
    assert patch(session, mine, words_per_caption=-99).json()["words_per_caption"] == 2


def test_fonts_go_to_upload_and_back(session, alice, mine):
    font = font_row(alice)
    there = patch(session, mine, font_id=font.pk).json()
    assert (there["font_source"], there["font_id"], there["font_name"]) == ("upload", font.pk, "My Font")
    stays = patch(session, mine, font_size=20).json()
    assert (stays["font_id"], stays["font_size"]) == (font.pk, 20)
    back = patch(session, mine, font_source="builtin", font_name="Poppins", font_weight=700).json()
    assert (back["font_source"], back["font_id"], back["font_name"], back["font_weight"]) == (
        "builtin", None, "Poppins", 700)


def test_b56_a_foreign_font_is_404_on_a_change_too(session, bob, mine):
    refused(patch(session, mine, font_source="upload", font_id=font_row(bob).pk), 404, "not_found")
    refused(patch(session, mine, font_source="upload"), 400, "missing_field")
    mine.refresh_from_db()
    assert (mine.font, mine.font_name) == (None, "Bangers")


def test_a_change_in_between_is_not_lost(session, mine, monkeypatch):
    """Somebody else switches highlight on after this request has read the row, and before it writes."""
    from captions import presets

    Preset.objects.update(highlight_mode=False, words_per_caption=3)
    own = presets._own
    calls = []

    def read_then_lose(account, preset_id):
        row = own(account, preset_id)
        if not calls:
            Preset.objects.update(highlight_mode=True, updated_at=timezone.now())
        calls.append(preset_id)
        return row

    monkeypatch.setattr(presets, "_own", read_then_lose)
    assert patch(session, mine, words_per_caption=12).json()["words_per_caption"] == 4
    assert len(calls) == 2


def test_a_preset_that_changes_all_the_time_is_409(session, mine, monkeypatch):
    from captions import presets

    own = presets._own

    def read_then_lose(account, preset_id):
        row = own(account, preset_id)
        Preset.objects.update(updated_at=timezone.now())
        return row

    monkeypatch.setattr(presets, "_own", read_then_lose)
    refused(patch(session, mine, font_size=20), 409, "conflict")


# --- Deleting ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("prefix", ["", "preset:"])
def test_c091_a_deleted_preset_is_gone(session, mine, prefix):
    reply = session.delete(path(prefix + mine.pk))
    assert (reply.status_code, reply.json()) == (200, {"ok": True})
    refused(session.get(path(mine.pk)), 404, "not_found")
    refused(session.delete(path(mine.pk)), 404, "not_found")
    assert session.get(URL, {"scope": "custom"}).json() == []


def test_a_clone_outlives_what_it_was_made_from(session, alice, mine):
    clone = make_preset(alice, "Clone", clone_from=mine.ref)
    session.delete(path(mine.pk))
    shown = session.get(path(clone.pk)).json()
    assert (shown["name"], shown["clone_from_preset_ref"]) == ("Clone", mine.ref)


def test_what_a_preset_was_made_from_never_changes(session, alice, mine):
    clone = make_preset(alice, "Clone", clone_from=mine.ref)
    patch(session, mine, name="Another name", font_size=20)
    after = patch(session, clone, clone_from_preset_ref="builtin:neon-glow", font_size=50).json()
    assert (after["clone_from_preset_ref"], after["font_size"]) == (mine.ref, 50)


def test_c003_changes_need_a_csrf_token(alice, mine):
    from rest_framework.test import APIClient

    client = APIClient(enforce_csrf_checks=True)
    client.force_login(alice)
    client.default_format = "json"
    refused(client.patch(path(mine.pk), {"name": "x"}), 403, "csrf")
    refused(client.delete(path(mine.pk)), 403, "csrf")
    refused(client.post(URL, {"name": "x"}), 403, "csrf")
    assert Preset.objects.get().name == "Mine"
