"""The Caption Studio by plain forms: gallery, editor and fonts as a browser without scripts uses them."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from captions import built_in, studio, tiles
from captions.models import MAX_PRESETS, Font, Preset
from captions.queries import look_of
from media import tile as engine
from tests.captions import font_bank
from tests.captions.rows import make_preset, preset_row, upload_font
from tests.pages.test_plain_forms import token

URL = "/account/captions"
FORM = {"name": "Mine", "font": "builtin:Bangers", "font_weight": "400", "font_size": "77", "words_per_caption": "3",
        "text_color": "#ffffff", "stroke_enabled": "on", "stroke_width": "4", "stroke_color": "#000000",
        "highlight_mode": "on", "highlight_color": "#fcea2a", "position_x": "0.5", "position_y": "0.92",
        "effect": "karaoke", "text_case": "none", "do": "save"}


@pytest.fixture
def plain(alice) -> Client:
    """Alice's browser; forms need their token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    return client


def send(client: Client, address: str, data: dict, **how):
    return client.post(address, data | {"csrfmiddlewaretoken": token(client, URL)}, **how)


def text(reply) -> str:
    return reply.content.decode()


def refs(reply) -> list[str]:
    return re.findall(r'data-ref="([^"]+)"', text(reply))


# --- Gallery ----------------------------------------------------------------------------------------------

def test_the_gallery_shows_the_sixteen_and_ones_own_and_no_others(plain, alice, bob):
    mine, _ = make_preset(alice, "<b>Mine</b>"), make_preset(bob, "Bobs")
    shown = plain.get(URL)
    assert refs(shown) == [*(one.ref for one in built_in.all_().values()), mine.ref]
    assert "&lt;b&gt;Mine&lt;/b&gt;" in text(shown) and "Bobs" not in text(shown)


def test_c150_the_account_menu_leads_there(plain):
    assert f'href="{URL}" data-place="Captions"' in text(plain.get("/account"))
    assert plain.get("/captions")["Location"] == URL


@pytest.mark.parametrize(("query", "count"), [("?scope=built_in", 16), ("?scope=custom", 1), ("?scope=nonsense", 17),
                                              ("?kind=glow", 2), ("?kind=box", 5), ("?kind=karaoke", 6)])
def test_filters_leave_what_fits(plain, alice, query, count):
    make_preset(alice)
    assert len(refs(plain.get(URL + query))) == count


def test_every_style_is_of_a_kind_that_a_filter_finds():
    kinds = {studio.kind_of(look_of(one)) for one in built_in.all_().values()}
    assert kinds == set(studio.KINDS) - {""}


def test_without_styles_of_ones_own_the_page_says_how_to_get_one(plain):
    assert "No styles of your own" in text(plain.get(f"{URL}?scope=custom"))


def test_a_style_leads_to_clip_studio_with_itself_chosen(plain):
    assert 'href="/studio?preset_ref=builtin%3Anews-ticker"' in text(plain.get(URL))


def test_a_copy_is_made_and_opened(plain):
    reply = send(plain, URL, {"clone_from_preset_ref": "builtin:neon-glow", "name": "My Neon Glow"})
    made = Preset.objects.get()
    assert (reply.status_code, reply["Location"]) == (302, f"{URL}/{made.ref}")
    assert (made.name, made.effect, made.font_name) == ("My Neon Glow", "glow", "Orbitron")


def test_a_copy_too_many_says_so_in_the_gallery(plain, alice):
    for slot in range(1, MAX_PRESETS + 1):
        preset_row(alice, slot)
    reply = send(plain, URL, {"clone_from_preset_ref": "builtin:neon-glow", "name": "One more"})
    assert reply.status_code == 409 and "An account may have 100 presets." in text(reply)


@pytest.mark.parametrize("name", ["", "x" * 101])
def test_a_copy_without_a_good_name_is_refused(plain, name):
    reply = send(plain, URL, {"clone_from_preset_ref": "builtin:neon-glow", "name": name})
    assert reply.status_code == 400 and not Preset.objects.exists()


def test_forms_need_their_token(plain):
    assert plain.post(URL, {"name": "x", "clone_from_preset_ref": "builtin:neon-glow"}).status_code == 403
    assert plain.post(f"{URL}/fonts", {"file": SimpleUploadedFile("a.ttf", b"x")}).status_code == 403


# --- Editor -----------------------------------------------------------------------------------------------

def test_a_built_in_style_is_shown_but_not_offered_to_change(plain):
    shown = text(plain.get(f"{URL}/builtin:short-form-karaoke"))
    assert "Duplicate to edit" in shown and '<fieldset class="cs-fields" id="cs-fields" disabled>' in shown
    assert 'id="cs-save"' not in shown
    assert send(plain, f"{URL}/builtin:short-form-karaoke", FORM).status_code == 403


def test_the_editor_shows_what_is_stored(plain, alice):
    mine = make_preset(alice, "Hooks", font_size=91, highlight_color="#3ddc84", effect="glow")
    shown = text(plain.get(f"{URL}/{mine.ref}"))
    for part in ('value="Hooks"', 'name="font_size" value="91"', 'value="#3ddc84"', 'value="glow" selected',
                 'value="builtin:Bangers" data-weights="400" selected', f"{mine.ref}</code>"):
        assert part in shown, part


def test_the_editor_says_what_a_style_was_made_from(plain, alice):
    first = make_preset(alice, "<i>First</i>", clone_from="builtin:neon-glow")
    second = make_preset(alice, "Second", clone_from=first.ref)
    origin = 'from <a href="/account/captions/{}"><bdi>{}</bdi></a>'
    assert origin.format("builtin:neon-glow", "Neon Glow") in text(plain.get(f"{URL}/{first.ref}"))
    shown = text(plain.get(f"{URL}/{second.ref}"))
    assert origin.format(first.ref, "&lt;i&gt;First&lt;/i&gt;") in shown and 'id="cs-origin"' in shown


def test_the_editor_offers_no_way_back_to_a_style_that_is_gone_or_not_known(plain, alice):
    first, old = make_preset(alice, "First"), preset_row(alice, 100)
    second = make_preset(alice, "Second", clone_from=first.ref)
    first.delete()
    shown = text(plain.get(f"{URL}/{second.ref}"))
    assert "from a style that is gone" in shown and 'id="cs-origin"' not in shown
    for ref in (old.ref, "builtin:neon-glow"):
        assert 'class="hint cs-from"' not in text(plain.get(f"{URL}/{ref}"))


def test_what_the_browser_remembers_of_a_page_left_is_not_put_into_the_editor(plain, alice):
    """Chromium would do so after the script has read the fields: the bar said Saved over what is not."""
    shown = text(plain.get(f"{URL}/{make_preset(alice).ref}"))
    for kept in ('id="cs-form"', 'id="cs-text"', 'data-slide="pace"', 'id="cs-area"', 'id="cs-source"'):
        (tag,) = re.findall(rf"<[^>]*{kept}[^>]*>", shown)
        assert 'autocomplete="off"' in tag, tag


def test_the_form_saves_every_field(plain, alice):
    mine = make_preset(alice)
    wish = FORM | {"name": "  Second name ", "font": "builtin:Poppins", "font_weight": "500", "font_size": "60,5",
                   "words_per_caption": "4", "text_color": "#abc", "stroke_width": "2.5", "stroke_color": "#112233",
                   "highlight_color": "#11223344", "position_x": "0.25", "position_y": "0.5", "effect": "box",
                   "text_case": "upper"}
    del wish["stroke_enabled"]
    reply = send(plain, f"{URL}/{mine.ref}", wish)
    assert (reply.status_code, reply["Location"]) == (302, f"{URL}/{mine.ref}")
    mine.refresh_from_db()
    assert (mine.name, mine.font_name, mine.font_weight, mine.font_size) == ("Second name", "Poppins", 500, 60.5)
    assert (mine.words_per_caption, mine.text_color, mine.stroke_enabled, mine.stroke_width) == (4, "#abc", False, 2.5)
    assert (mine.highlight_mode, mine.highlight_color) == (True, "#11223344")
    assert (mine.position_x, mine.position_y, mine.effect, mine.text_case) == (0.25, 0.5, "box", "upper")


def test_a_weight_that_the_new_family_lacks_is_the_nearest(plain, alice):
    mine = make_preset(alice, font_name="Montserrat", font_weight=900)
    send(plain, f"{URL}/{mine.ref}", FORM | {"font": "builtin:Caveat", "font_weight": "900"})
    mine.refresh_from_db()
    assert (mine.font_name, mine.font_weight) == ("Caveat", 700)


def test_lit_words_are_brought_to_two_to_four(plain, alice):
    mine = make_preset(alice)
    send(plain, f"{URL}/{mine.ref}", FORM | {"words_per_caption": "9"})
    mine.refresh_from_db()
    assert mine.words_per_caption == 4


@pytest.mark.parametrize(("field", "value", "told"), [
    ("font_size", "huge", "Must be a number."), ("font_size", "301", "Must be 300 or less."),
    ("highlight_color", "red", "Must be a colour: #rgb, #rrggbb or #rrggbbaa."),
    ("position_x", "2", "Must be 1 or less."), ("name", "", "Must "),
    ("words_per_caption", "2.5", "Must be a whole number.")])
def test_b53_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(plain, alice, field, value, told):
    mine = make_preset(alice)
    reply = send(plain, f"{URL}/{mine.ref}", FORM | {"stroke_width": "7", field: value})
    assert reply.status_code == 400
    shown = text(reply)
    at = shown.index(f'id="fault-{field}"')
    assert told in shown[at:at + 300]
    assert f'name="{field}" value="{value}"' in shown and 'name="stroke_width" value="7"' in shown
    mine.refresh_from_db()
    assert mine.stroke_width == 4


def test_words_that_only_count_together_are_told_at_their_field(plain, alice):
    mine = make_preset(alice)
    wish = {key: value for key, value in FORM.items() if key != "highlight_mode"} | {"words_per_caption": "13"}
    reply = send(plain, f"{URL}/{mine.ref}", wish)
    assert reply.status_code == 400 and "Must be 1 to 12." in text(reply)


def test_the_form_can_be_saved_as_another_style(plain, alice):
    mine = make_preset(alice, "First", highlight_color="#3ddc84")
    reply = send(plain, f"{URL}/{mine.ref}", FORM | {"name": "Second", "font_size": "90", "do": "new"})
    second = Preset.objects.exclude(pk=mine.pk).get()
    assert reply["Location"] == f"{URL}/{second.ref}"
    assert (second.name, second.font_size, second.clone_from) == ("Second", 90, mine.ref)
    mine.refresh_from_db()
    assert (mine.name, mine.font_size) == ("First", 77)


def test_an_uploaded_font_is_chosen_and_left_again(plain, alice):
    font, mine = upload_font(alice), make_preset(alice)
    address = f"{URL}/{mine.ref}"
    assert f'value="upload:{font.pk}"' in text(plain.get(address))
    send(plain, address, FORM | {"font": f"upload:{font.pk}"})
    mine.refresh_from_db()
    assert mine.font == font
    assert f'value="upload:{font.pk}" selected' in text(plain.get(address))
    send(plain, address, FORM)
    mine.refresh_from_db()
    assert (mine.font, mine.font_name) == (None, "Bangers")


def test_b56_a_font_of_somebody_else_is_not_taken(plain, alice, bob):
    mine = make_preset(alice)
    reply = send(plain, f"{URL}/{mine.ref}", FORM | {"font": f"upload:{upload_font(bob).pk}"})
    assert reply.status_code == 404


def test_deleting_asks_first(plain, alice):
    mine = make_preset(alice, "Old one")
    asked = send(plain, f"{URL}/{mine.ref}/delete", {})
    assert asked.status_code == 200 and "Delete <bdi>Old one</bdi>?" in text(asked) and Preset.objects.exists()
    reply = send(plain, f"{URL}/{mine.ref}/delete", {"sure": "yes"}, follow=True)
    assert not Preset.objects.exists() and "“Old one” is deleted." in text(reply)


def test_a_built_in_style_is_not_deleted(plain):
    assert send(plain, f"{URL}/builtin:news-ticker/delete", {"sure": "yes"}).status_code == 403


@pytest.mark.parametrize("ref", ["builtin:nothing", "preset:cap_preset_000000000000", "preset:x", "x"])
def test_a_style_that_is_not_there_is_404(plain, ref):
    assert plain.get(f"{URL}/{ref}").status_code == 404


def test_the_fonts_to_choose_from_are_ones_own_and_those_that_come_along(plain, alice, bob):
    font, mine = upload_font(alice), make_preset(alice)
    upload_font(bob)
    shown = text(plain.get(f"{URL}/{mine.ref}"))
    offered = re.findall(r'class="face" type="button" data-value="([^"]+)" data-font="([^"]+)"', shown)
    assert [value for value, _ in offered] == [f"upload:{font.pk}", *(f"builtin:{name}" for name in sorted(
        built_in.families()))]
    assert "/files/" in offered[0][1] and all(url.startswith("/static/dist/fonts/") for _, url in offered[1:])


def test_only_a_style_of_ones_own_has_dots_that_take_fields_back_and_steps_to_undo(plain, alice):
    mine, theirs = (text(plain.get(f"{URL}/{ref}")) for ref in (make_preset(alice).ref, "builtin:neon-glow"))
    fields = set(re.findall(r'data-reset="([^"]+)"', mine))
    assert fields == {"name", "font_name", "font_weight", "effect", "text_case", "highlight_mode", "stroke_enabled",
                      "font_size", "words_per_caption", "stroke_width", "position_x", "position_y", "text_color",
                      "stroke_color", "highlight_color"}
    assert 'id="cs-undo"' in mine
    for part in ("data-reset", 'id="cs-undo"', 'id="cs-fonts"'):
        assert part not in theirs


# --- Tiles ------------------------------------------------------------------------------------------------

def picture(reply) -> Image.Image:
    return Image.open(io.BytesIO(reply.content))


def test_a_tile_is_burned_once_per_look(plain, alice, settings, tmp_path):
    settings.FASTCLIP_DATA = tmp_path
    mine = make_preset(alice, highlight_color="#12ab34")
    loop, still = (plain.get(f"{URL}/{mine.ref}/{kind}.webp") for kind in ("loop", "still"))
    assert loop["Cache-Control"] == "private, max-age=31536000, immutable"
    moving, resting = picture(loop), picture(still)
    assert moving.size == resting.size == (engine.WIDTH, engine.HEIGHT)
    assert (moving.n_frames > 1, getattr(resting, "n_frames", 1)) == (True, 1)
    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "previews" / "tiles").iterdir()}
    assert len(made) == 2
    other = make_preset(alice, "The same look", highlight_color="#12ab34")
    assert tiles.url(look_of(other), "loop").partition("?v=")[2] == tiles.url(look_of(mine), "loop").partition("?v=")[2]
    assert plain.get(f"{URL}/{other.ref}/loop.webp").status_code == 200
    assert {path: path.stat().st_mtime_ns for path in made} == made


def test_a_tile_shows_the_accent_and_the_words_of_its_style(plain, alice, settings, tmp_path):
    settings.FASTCLIP_DATA = tmp_path
    mine = make_preset(alice, highlight_color="#00ff00", font_size=120)
    colours = picture(plain.get(f"{URL}/{mine.ref}/still.webp")).convert("RGB").getcolors(1 << 20)
    assert sum(count for count, (red, green, blue) in colours if green > 200 and red < 90 and blue < 90) > 500
    assert sum(count for count, colour in colours if min(colour) > 235) > 300


# --- What a style looks like, without scripts ---------------------------------------------------------------

def without_scripts(reply) -> str:
    """What the page shows of the style where nothing runs."""
    (shown,) = re.findall(r"<noscript>(.*?)</noscript>", text(reply)[text(reply).index('aria-label="Preview"'):], re.S)
    return shown


def test_the_editor_shows_the_encoders_picture_of_what_is_stored(plain, alice, settings, tmp_path):
    settings.FASTCLIP_DATA = tmp_path
    mine = make_preset(alice, highlight_color="#00ff00", font_size=120)
    (source,) = re.findall(r'src="(/account[^"]+)"', without_scripts(plain.get(f"{URL}/{mine.ref}")))
    reply = plain.get(source)
    assert reply["Cache-Control"] == "private, max-age=31536000, immutable"
    drawn = picture(reply)
    assert (drawn.format, drawn.size) == ("PNG", (960, 540))
    colours = drawn.convert("RGBA").getcolors(1 << 20)
    assert sum(count for count, colour in colours if colour == (0, 255, 0, 255)) > 500


def test_what_is_typed_is_shown_in_its_shape_before_it_is_saved(plain, alice, settings, tmp_path):
    settings.FASTCLIP_DATA = tmp_path
    mine = make_preset(alice)
    wish = FORM | {"do": "see", "name": "Other", "font_size": "91", "aspect_ratio": "9:16", "sample": "Good day."}
    reply = send(plain, f"{URL}/{mine.ref}", wish)
    shown = without_scripts(reply)
    assert reply.status_code == 200 and 'data-shape="9:16"' in shown and 'value="Good day."' in shown
    assert 'src="data:image/png;base64,' in shown
    assert shown != without_scripts(send(plain, f"{URL}/{mine.ref}", wish | {"font_size": "50"}))
    assert '<li data-code="outside_safe"><a class="warning" href="#f-position_y">' in shown
    assert 'name="font_size" value="91"' in text(reply) and 'value="Other"' in text(reply)
    mine.refresh_from_db()
    assert (mine.font_size, mine.name) == (77, "Mine")


def test_a_built_in_style_is_shown_in_a_shape_too(plain, settings, tmp_path):
    settings.FASTCLIP_DATA = tmp_path
    reply = send(plain, f"{URL}/builtin:news-ticker", {"do": "see", "aspect_ratio": "1:1", "sample": ""})
    assert reply.status_code == 200 and 'data-shape="1:1"' in without_scripts(reply)


def test_b53_what_cannot_be_shown_is_told_at_its_field(plain, alice):
    mine = make_preset(alice)
    reply = send(plain, f"{URL}/{mine.ref}", FORM | {"do": "see", "font_size": "9999", "aspect_ratio": "5:7"})
    assert reply.status_code == 400 and "Must be 300 or less." in text(reply)


def test_pictures_are_counted_with_the_previews(plain, alice, settings, tmp_path, time_machine):
    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    settings.FASTCLIP_DATA, settings.RATE_PREVIEWS = tmp_path, "2/s"
    address = f"{URL}/{make_preset(alice).ref}"
    assert [plain.get(f"{address}/picture.png").status_code for _ in range(3)] == [200, 200, 429]
    refused = send(plain, address, FORM | {"do": "see"})
    assert refused.status_code == 429 and "Too many requests; try again in 1 s." in text(refused)


# --- Fonts ------------------------------------------------------------------------------------------------

def test_a_font_is_uploaded_listed_and_deleted_by_forms(plain, alice):
    file = SimpleUploadedFile("My Font.ttf", font_bank.ttf(), "font/ttf")
    reply = send(plain, f"{URL}/fonts", {"file": file}, follow=True)
    font = Font.objects.get()
    assert f"“{font}” can be used now." in text(reply)
    assert f"Latin · {font.glyph_count} glyphs" in text(reply)
    assert f"Delete <bdi>{font}</bdi>?" in text(send(plain, f"{URL}/fonts/{font.pk}/delete", {}))
    assert Font.objects.exists()
    reply = send(plain, f"{URL}/fonts/{font.pk}/delete", {"sure": "yes"}, follow=True)
    assert "is deleted." in text(reply) and not Font.objects.exists()


@pytest.mark.parametrize(("data", "status", "told"), [(b"<html>", 422, "not a TrueType or OpenType font"),
                                                      (b"", 400, "The file is empty.")])
def test_b57_a_file_that_is_no_font_is_refused_on_the_page(plain, data, status, told):
    reply = send(plain, f"{URL}/fonts", {"file": SimpleUploadedFile("a.ttf", data)})
    assert reply.status_code == status and told in text(reply) and not Font.objects.exists()


def test_without_a_file_the_page_says_so(plain):
    assert send(plain, f"{URL}/fonts", {}).status_code == 400


def test_b57_a_font_of_more_than_ten_megabytes_is_refused(plain):
    reply = send(plain, f"{URL}/fonts", {"file": SimpleUploadedFile("a.ttf", bytes(10 * 1024**2 + 1))})
    assert reply.status_code == 413 and not Font.objects.exists()


def test_c094_a_font_that_a_style_uses_stays_and_names_it(plain, alice):
    font = upload_font(alice)
    make_preset(alice, "Hooks", font_id=font.pk)
    reply = send(plain, f"{URL}/fonts/{font.pk}/delete", {"sure": "yes"})
    assert reply.status_code == 409 and "used by “Hooks”" in text(reply) and Font.objects.exists()


def test_c094_who_asks_to_delete_a_font_that_a_style_uses_is_told_which(plain, alice):
    font = upload_font(alice)
    mine = make_preset(alice, "Hooks", font_id=font.pk)
    listed = text(plain.get(f"{URL}/fonts"))
    assert f'<a href="{URL}/{mine.ref}"><bdi>Hooks</bdi></a>' in listed
    assert f'data-ask="{font}"' not in listed  # the page that names the styles is asked, not a dialog
    asked = text(send(plain, f"{URL}/fonts/{font.pk}/delete", {}))
    assert f'<a href="{URL}/{mine.ref}"><bdi>Hooks</bdi></a>' in asked and 'name="sure"' not in asked


@pytest.mark.parametrize(("scripts", "first"), [(["Latn", "Cyrl"], "Every word"), (["Hebr", "Latn"], "כל מילה"),
                                                (["Zzzz"], "Every word"), ([], "Every word")])
def test_a_font_is_shown_in_five_lines_of_the_script_that_it_covers_best(scripts, first):
    lines = studio._specimen(scripts)
    assert len(lines) == 5 and lines[0] == first
    assert sorted(lines, key=len) == lines


def test_the_fonts_page_lists_every_family_with_its_file(plain):
    shown = text(plain.get(f"{URL}/fonts"))
    for family in built_in.families():
        assert f">{family}</b>" in shown
    assert shown.count('data-font="/static/dist/fonts/') == len(built_in.families())


def test_a_weight_of_five_thousand_digits_is_no_weight(plain, alice):
    """Python refuses to read such a number, and that was a 500."""
    mine = make_preset(alice)
    send(plain, f"{URL}/{mine.ref}", FORM | {"font_weight": "9" * 5000})
    mine.refresh_from_db()
    assert (mine.font_name, mine.font_weight) == ("Bangers", 400)


def test_the_form_of_somebody_who_is_not_signed_in_is_not_read(db):
    """A file of any size would go to the disk before the question who sends it."""
    reply = Client(enforce_csrf_checks=True).post(f"{URL}/fonts", b"no form at all",
                                                  content_type="multipart/form-data; boundary=x")
    assert (reply.status_code, reply.url) == (302, f"/signin?next={URL}/fonts")
