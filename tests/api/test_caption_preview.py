"""`POST /v1/caption-presets/preview`: what a style looks like, before anything is burned (X027)."""

from __future__ import annotations

import base64
import io
import re
from collections import OrderedDict

import pytest
from PIL import Image
from rest_framework.test import APIClient

from captions import built_in, pictures, preview, sample, slow_fonts
from captions.models import Preset
from core import storage
from core.crowd import Turns
from media.subtitles import Frame, compile_ass
from tests.api.test_auth import refused
from tests.captions import font_bank
from tests.captions.rows import font_row, make_preset, upload_font
from tests.factories import PASSWORD
from tests.pages.burned import burned, compare

URL = "/v1/caption-presets/preview"


def seen(session, **body):
    reply = session.post(URL, body)
    assert reply.status_code == 200, reply.json()
    return reply.json()


def codes(answer) -> list[str]:
    return [one["code"] for one in answer["warnings"]]


def words_of(ass: str) -> str:
    """What the events say, without their overrides."""
    lines = [line.split(",", 9)[9] for line in ass.splitlines() if line.startswith("Dialogue:") and ",Text," in line]
    return " ".join(re.sub(r"\{[^}]*\}|\\h", "", line) for line in lines)


# --- What it answers --------------------------------------------------------------------------------------

@pytest.mark.parametrize("slug", list(built_in.all_()))
@pytest.mark.parametrize("shape", ["16:9", "9:16", "1:1"])
def test_x027_it_is_the_very_text_that_a_render_compiles(session, slug, shape):
    style = built_in.all_()[slug].style
    burned = compile_ass(sample.spoken(sample.TEXT), style, sample.FRAMES[shape], preview.faces_of(None))
    answer = seen(session, clone_from_preset_ref=f"builtin:{slug}", aspect_ratio=shape)
    assert answer["ass"] == burned.ass
    assert [font["name"] for font in answer["fonts"]] == [face.name for face in burned.faces]


def test_x027_without_fields_it_is_the_documented_style_over_a_wide_picture(session):
    answer = seen(session)
    assert "PlayResX: 1920\nPlayResY: 1080\n" in answer["ass"]
    assert answer["fonts"] == [{"name": "Bangers Regular", "url": "/static/dist/fonts/Bangers_400Regular.ttf"}]
    assert (answer["warnings"], answer["duration"]) == ([], sample.SECONDS)


@pytest.mark.parametrize(("shape", "width", "height"), [("16:9", 1920, 1080), ("9:16", 1080, 1920),
                                                        ("1:1", 1080, 1080), ("4:5", 1080, 1350)])
def test_x027_each_shape_has_its_frame(session, shape, width, height):
    assert f"PlayResX: {width}\nPlayResY: {height}\n" in seen(session, aspect_ratio=shape)["ass"]


def test_x027_fields_change_the_style_and_nothing_is_stored(session, alice):
    before = make_preset(alice, font_size=50)
    answer = seen(session, clone_from_preset_ref=before.ref, font_size=100, highlight_color="#3ddc84")
    assert "\\1c&H84DC3D&" in answer["ass"]
    assert answer["ass"] != seen(session, clone_from_preset_ref=before.ref)["ass"]
    assert Preset.objects.get().font_size == 50


def test_x027_the_text_is_said_again_until_the_clip_ends(session):
    said = words_of(seen(session, text="Again!", clone_from_preset_ref="builtin:clean-subtitle")["ass"])
    assert said.split() == ["Again!"] * 10


def test_x027_a_faster_speaker_says_more(session):
    slow, fast = (len(words_of(seen(session, words_per_minute=pace,
                                    clone_from_preset_ref="builtin:clean-subtitle")["ass"]).split())
                  for pace in (80, 240))
    assert fast > 2 * slow


def test_x027_an_uploaded_font_is_drawn_from_the_file_that_the_encoder_reads(session, alice):
    font = upload_font(alice)
    answer = seen(session, font_source="upload", font_id=font.pk, text="hello")
    assert [one["name"] for one in answer["fonts"]] == [font.family]
    assert f",{font.family}," in answer["ass"]
    url = answer["fonts"][0]["url"]
    stored = storage.open_(font.key)
    fetched = b"".join(APIClient().get(url[url.index("/files/"):]).streaming_content)
    with stored:
        assert fetched == stored.read()


def test_x027_an_uploaded_font_is_fetched_once(session, alice, settings):
    font = upload_font(alice)
    seen(session, font_id=font.pk, text="hello")
    storage.delete(font.key)
    assert seen(session, font_id=font.pk, text="hello")["fonts"][0]["name"] == font.family
    assert len(list((settings.FASTCLIP_DATA / "previews" / "fonts").glob(f"{font.sha256}*"))) == 1


def test_x027_a_font_whose_bytes_are_gone_is_503(session, alice):
    font = upload_font(alice, font_bank.otf())
    storage.delete(font.key)
    (kept,) = [preview.settings.FASTCLIP_DATA / "previews" / "fonts" / f"{font.sha256}.otf"]
    kept.unlink(missing_ok=True)
    refused(session.post(URL, {"font_id": font.pk}), 503, "storage_unavailable")


def test_the_machine_keeps_only_the_newest_fonts_at_hand(tmp_path):
    import os

    for age in range(5):
        path = tmp_path / f"{age}.ttf"
        path.write_bytes(b"x")
        os.utime(path, (1000 - age, 1000 - age))
    pictures.forget_oldest(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.ttf", "1.ttf"]


# --- What it says of the style ----------------------------------------------------------------------------

def test_x027_the_hash_is_that_of_the_look(session, alice):
    first = seen(session)["style_hash"]
    assert first == seen(session, text="Something else.", aspect_ratio="9:16")["style_hash"]
    assert first == seen(session, clone_from_preset_ref=make_preset(alice, "Other name").ref)["style_hash"]
    assert first != seen(session, font_size=78)["style_hash"]
    assert re.fullmatch("[0-9a-f]{16}", first)


def test_x027_the_area_holds_the_captions(session):
    left, top, right, bottom = seen(session, position_x=0.5, position_y=0.5)["area"]
    assert (left + right) / 2 == pytest.approx(0.5, abs=0.01) and (top + bottom) / 2 == pytest.approx(0.5, abs=0.01)
    assert left > 0.1 and top > 0.4
    boxed = seen(session, position_x=0.5, position_y=0.5, effect="box")["area"]
    assert boxed[0] < left and boxed[1] < top


def test_x027_characters_that_nobody_can_draw_are_named_and_left_out(session):
    answer = seen(session, text="good \U000130bd\U000130be day")
    assert codes(answer) == ["missing_glyphs"]
    assert "\U000130bd" in answer["warnings"][0]["message"]
    assert {"good", "day"} == set(words_of(answer["ass"]).split())


def test_x027_nothing_but_such_characters_is_an_empty_file_and_a_warning(session):
    answer = seen(session, text="\U000130bd")
    assert (codes(answer), answer["area"], words_of(answer["ass"])) == (["missing_glyphs"], None, "")


@pytest.mark.parametrize(("given", "code", "field"), [
    ({"effect": "box", "highlight_color": "#ffffff"}, "low_contrast", "highlight_color"),
    ({"stroke_color": "#eeeeee"}, "low_contrast", "stroke_color"),
    ({"stroke_enabled": False}, "low_contrast", "stroke_enabled"),
    ({"font_size": 300, "text": "internationalization"}, "overflow", "font_size"),
])
def test_x027_what_may_go_wrong_is_said_with_the_field_that_helps(session, given, code, field):
    found = {one["code"]: one for one in seen(session, **given)["warnings"]}
    assert found[code]["field"] == field


@pytest.mark.parametrize(("luminance", "told"), [([0.01, 0.02], []), ([0.7, 0.9], ["low_contrast"]),
                                                 ([0.9, 0.7], ["low_contrast"])])
def test_x027_contrast_is_judged_against_the_picture_that_was_measured(session, luminance, told):
    assert codes(seen(session, stroke_enabled=False, ground_luminance=luminance)) == told


@pytest.mark.parametrize("effect", ["glow", "soft-glow", "shadow"])
def test_x027_a_glow_or_a_shadow_parts_text_from_any_picture(session, effect):
    assert codes(seen(session, stroke_enabled=False, effect=effect)) == []


def test_x027_too_many_letters_a_second_are_told(session):
    answer = seen(session, text="extraordinarily internationalization", words_per_minute=240)
    assert "too_fast" in codes(answer)


def test_x027_a_tall_picture_says_which_app_covers_the_captions(session):
    covered = {one["code"]: one["message"] for one in seen(session, aspect_ratio="9:16")["warnings"]}
    bars = "the Reels caption bar, the TikTok caption bar and the Shorts caption bar"
    assert covered["outside_safe"] == f"Covered by {bars}."
    assert "Reels" in seen(session, aspect_ratio="9:16", position_y=0.7)["warnings"][0]["message"]
    assert codes(seen(session, aspect_ratio="9:16", position_y=0.5)) == []
    assert "outside_safe" not in codes(seen(session, aspect_ratio="16:9"))


# --- Stills -----------------------------------------------------------------------------------------------

def still(answer) -> Image.Image:
    assert answer["picture"].startswith("data:image/png;base64,")
    return Image.open(io.BytesIO(base64.b64decode(answer["picture"].partition(",")[2])))


@pytest.fixture
def kept(settings, tmp_path):
    """Where the stills of this test are kept."""
    settings.FASTCLIP_DATA = tmp_path
    return tmp_path / "previews" / "pictures"


@pytest.mark.parametrize("ground", [(28, 28, 34), (230, 230, 234)])
def test_x027_a_still_over_any_picture_has_the_pixels_of_a_burn(session, kept, tmp_path, ground):
    answer = seen(session, clone_from_preset_ref="builtin:neon-glow", picture=True)
    drawn = still(answer)
    assert (drawn.mode, drawn.size) == ("RGBA", (960, 540))
    shown = Image.new("RGBA", drawn.size, (*ground, 255))
    shown.alpha_composite(drawn)
    wanted = burned(answer["ass"], Frame(960, 540), 1.2, ground, tmp_path / "burn")
    likeness, off = compare(shown.convert("RGB"), wanted, ground)
    assert (likeness >= 0.99, off <= 0.001) == (True, True), (likeness, off)


def test_x027_a_still_has_the_shape_that_is_asked_for_and_captions_where_the_answer_says(session, kept):
    answer = seen(session, clone_from_preset_ref="builtin:highlight-box", picture=True, aspect_ratio="4:5")
    drawn = still(answer)
    assert drawn.size == (540, 675)
    left, top, right, bottom = (edge / side for edge, side in zip(drawn.getbbox(), (540, 675) * 2, strict=True))
    within = answer["area"]
    assert within[0] - 0.01 < left and within[1] - 0.01 < top and right < within[2] + 0.01 and bottom < within[3] + 0.01


def test_x027_a_still_is_drawn_once_per_look_and_text_and_only_when_asked_for(session, kept):
    assert seen(session)["picture"] is None and not kept.exists()
    first = seen(session, picture=True)
    made = {path: path.stat().st_mtime_ns for path in kept.iterdir()}
    assert [path.name.partition("-")[0] for path in made] == [first["style_hash"]]
    assert seen(session, picture=True)["picture"] == first["picture"]
    assert {path: path.stat().st_mtime_ns for path in kept.iterdir()} == made
    assert seen(session, picture=True, text="Something else.")["picture"] != first["picture"]
    assert len(list(kept.iterdir())) == 2


def test_x027_nothing_to_draw_is_an_empty_still(session, kept):
    assert still(seen(session, picture=True, text="\U000130bd")).getbbox() is None


def test_x027_more_stills_at_a_time_than_this_machine_draws_are_503(session, kept, monkeypatch):
    turns = Turns(at_once=1, waiting=0, patience=0, refusal="Too many pictures are being made.")
    monkeypatch.setattr(pictures, "TURNS", turns)
    with turns.take():
        refused(session.post(URL, {"picture": True}), 503, "queue_unavailable")
        assert seen(session)["picture"] is None
    assert seen(session, picture=True)["picture"]


# --- Scripts ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("text", "face"), [
    ("שלום עולם", "Noto Sans Hebrew"), ("مرحبا بالعالم", "Noto Sans Arabic"), ("नमस्ते दुनिया", "Noto Sans"),
    ("สวัสดีชาวโลก", "Noto Sans Thai")])
def test_x027_scripts_that_the_family_lacks_bring_their_font(session, text, face):
    answer = seen(session, text=text)
    assert answer["warnings"] == []
    assert any(one["name"].startswith(face) for one in answer["fonts"])


def test_x027_scripts_without_spaces_are_lit_in_small_pieces():
    (sentence, *_) = sample.spoken("สวัสดีชาวโลก")
    assert len(sentence.words) > 3
    assert "".join(word.text for word in sentence.words) == "สวัสดีชาวโลก"


def test_x027_markup_in_the_text_is_text(session):
    ass = seen(session, text="{\\fscx9999}big\\N")["ass"]
    assert "{\\fscx9999}" not in ass


# --- Refusals ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("body", "field"), [
    ({"aspect_ratio": "2:1"}, "aspect_ratio"), ({"text": ""}, "text"), ({"text": "x" * 201}, "text"),
    ({"text": 5}, "text"), ({"words_per_minute": 79}, "words_per_minute"),
    ({"words_per_minute": 241}, "words_per_minute"), ({"font_size": 1e9}, "font_size"),
    ({"highlight_color": "red;}"}, "highlight_color"), ({"position_x": 2}, "position_x"),
    ({"words_per_caption": 13, "highlight_mode": False}, "words_per_caption"),
    ({"ground_luminance": [0.5]}, "ground_luminance"), ({"ground_luminance": [0, 1, 0]}, "ground_luminance"),
    ({"ground_luminance": [0, 1.1]}, "ground_luminance"), ({"ground_luminance": "dark"}, "ground_luminance"),
    ({"picture": "yes"}, "picture"), ({"font_name": "Comic Sans"}, "font_name"), ({"effect": "explode"}, "effect"),
    ({"clone_from_preset_ref": "x"}, "clone_from_preset_ref"), ({"font_source": "upload"}, "font_id")])
def test_b53_wrong_fields_are_400_and_named(session, body, field):
    reply = session.post(URL, body)
    assert (reply.status_code, list(reply.json()["fields"])) == (400, [field])


def test_styles_and_fonts_of_somebody_else_are_404(session, bob):
    for body in ({"clone_from_preset_ref": make_preset(bob).ref}, {"font_id": font_row(bob).pk},
                 {"clone_from_preset_ref": "builtin:nothing"}):
        refused(session.post(URL, body), 404, "not_found")


def test_c006_a_key_is_refused(api):
    refused(api.post(URL, {}), 403, "session_required")


def test_x027_the_session_needs_its_token(alice):
    client = APIClient(enforce_csrf_checks=True)
    assert client.login(email=alice.email, password=PASSWORD)
    refused(client.post(URL, {}, format="json"), 403, "csrf")


def test_x027_more_than_thirty_in_a_second_are_429_and_do_not_count_as_writes(session, settings, time_machine):
    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    settings.RATE_PREVIEWS, settings.RATE_WRITES = "3/s", "1/min"
    assert [session.post(URL, {"text": "x"}).status_code for _ in range(4)] == [200, 200, 200, 429]
    time_machine.shift(1.01)  # Redis has a clock of its own, and is asked until that second is over, too
    assert any(session.post(URL, {"text": "x"}).status_code == 200 for _ in range(5000))
    assert session.post("/v1/caption-presets", {"name": "a"}).status_code == 201


def test_a_font_that_takes_for_ever_is_refused_and_from_then_on_at_once(session, alice, monkeypatch):
    wish = {"font_source": "upload", "font_id": upload_font(alice).pk}
    monkeypatch.setattr(slow_fonts, "SECONDS", -1.0)
    monkeypatch.setattr(slow_fonts, "_slow", OrderedDict())
    for _ in range(2):
        refused(session.post(URL, wish), 422, "invalid_font")
        monkeypatch.setattr(slow_fonts, "SECONDS", 60.0)
    assert len(slow_fonts._slow) == 1
    assert seen(session)["fonts"]


def test_a_disk_that_is_full_is_503_wherever_it_is_noticed(alice, monkeypatch):
    """Here where an uploaded font is put at hand for the first preview."""
    def full(*args):
        raise OSError(28, "No space left on device")

    client = APIClient(raise_request_exception=False)
    client.force_login(alice)
    wish = {"font_source": "upload", "font_id": upload_font(alice).pk}
    monkeypatch.setattr(preview.FontFile, "fetch", full)
    refused(client.post(URL, wish, format="json"), 503, "disk_full")
