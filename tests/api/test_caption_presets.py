"""`GET` and `POST /v1/caption-presets`: the sixteen styles and one's own (C084-C092)."""

from __future__ import annotations

import re

import pytest

from captions.models import MAX_PRESETS, Preset
from core.errors import NotFound
from tests.api.test_auth import refused
from tests.captions.rows import KARAOKE, font_row, make_preset, preset_row

URL = "/v1/caption-presets"
SLUGS = ["short-form-karaoke", "clean-subtitle", "bold-outline", "highlight-box", "news-ticker", "neon-glow",
         "soft-glow", "word-pop", "single-word-punch", "typewriter", "podcast-lower-third", "cinema-bar",
         "retro-pixel", "handwritten", "minimal-lowercase", "high-contrast-accessible"]
# C085, to the letter
DOCUMENTED = {"preset_ref": "builtin:short-form-karaoke", "scope": "built_in", "slug": "short-form-karaoke",
              "name": "Short-Form Karaoke", "editable": False, "font_name": "Bangers", "font_size": 77,
              "words_per_caption": 3, "highlight_mode": True, "highlight_color": "#fcea2a", "position_x": 0.5,
              "position_y": 0.92}
# C087, to the letter
ASKED = {"name": "My Hook Captions", "clone_from_preset_ref": "builtin:short-form-karaoke", "font_name": "Bangers",
         "font_size": 77, "words_per_caption": 3, "text_color": "#ffffff", "stroke_enabled": True, "stroke_width": 4,
         "stroke_color": "#000000", "highlight_mode": True, "highlight_color": "#fcea2a", "position_x": 0.5,
         "position_y": 0.92}
ALSO = {"id", "text_color", "stroke_enabled", "stroke_width", "stroke_color", "font_source", "font_id", "effect",
        "text_case", "created_at", "updated_at", "font_weight", "clone_from_preset_ref"}


def make(session, **body):
    return session.post(URL, {"name": "Mine"} | body)


def made(session, **body):
    reply = make(session, **body)
    assert reply.status_code == 201, reply.json()
    return reply.json()


# --- The list ---------------------------------------------------------------------------------------------

def test_c085_the_first_style_is_the_documented_one_exactly(session):
    reply = session.get(URL)
    first = reply.json()[0]
    assert {name: first[name] for name in DOCUMENTED} == DOCUMENTED
    assert set(first) == set(DOCUMENTED) | ALSO
    assert b'"font_size":77,' in reply.content  # as documented: whole numbers stay whole


def test_c086_there_are_exactly_sixteen_built_in_styles_in_their_order(session):
    assert [item["slug"] for item in session.get(URL).json()] == SLUGS


def test_c084_a_built_in_style_has_every_field_and_no_dates(session):
    for item in session.get(URL, {"scope": "built_in"}).json():
        assert (item["scope"], item["editable"], item["font_source"], item["font_id"]) == (
            "built_in", False, "builtin", None)
        assert item["preset_ref"] == item["id"] == f"builtin:{item['slug']}"
        assert item["created_at"] is item["updated_at"] is item["clone_from_preset_ref"] is None


def test_c084_the_accounts_own_follow_the_newest_first(session, time_machine):
    for day, name in ((1, "first"), (2, "second")):
        time_machine.move_to(f"2026-05-0{day}T10:00:00Z")
        made(session, name=name)
    names = [item["name"] for item in session.get(URL).json()]
    assert names[16:] == ["second", "first"] and len(names) == 18


@pytest.mark.parametrize(("scope", "count"), [("all", 17), ("built_in", 16), ("custom", 1)])
def test_c084_scope_chooses(session, alice, scope, count):
    make_preset(alice)
    items = session.get(URL, {"scope": scope}).json()
    assert len(items) == count
    assert scope == "all" or {item["scope"] for item in items} == {scope}


@pytest.mark.parametrize("scope", ["", "builtin", "ALL", "all ", "mine", "all,custom"])
def test_c084_another_scope_is_400(session, scope):
    assert list(refused(session.get(URL, {"scope": scope}), 400, "invalid_field")["fields"]) == ["scope"]


def test_c084_the_list_holds_only_the_accounts_own(session, bob):
    make_preset(bob, "bobs")
    assert session.get(URL, {"scope": "custom"}).json() == []


def test_the_list_asks_the_database_once_however_long_it_is(session, alice, django_assert_num_queries):
    font = font_row(alice)
    for number in range(5):
        make_preset(alice, str(number), font_source="upload", font_id=font.pk)
    session.get(URL)
    with django_assert_num_queries(3):  # session, account, presets with their fonts
        assert len(session.get(URL).json()) == 21


@pytest.mark.parametrize("method", ["get", "post"])
def test_b55_presets_are_for_sessions_only(api, anon, method):
    refused(getattr(api, method)(URL, {"name": "x"}), 403, "session_required")
    refused(getattr(anon, method)(URL, {"name": "x"}), 401, "not_authenticated")
    assert not Preset.objects.exists()


# --- Making one -------------------------------------------------------------------------------------------

def test_c087_the_documented_request_makes_the_documented_preset(session):
    reply = session.post(URL, ASKED)
    body = reply.json()
    assert reply.status_code == 201
    assert {name: body[name] for name in ASKED} == ASKED
    assert set(body) == set(DOCUMENTED) | ALSO
    assert (body["scope"], body["editable"], body["slug"]) == ("custom", True, None)
    assert body["created_at"] == body["updated_at"] and body["created_at"].endswith("Z")
    assert session.get(URL, {"scope": "custom"}).json() == [body]


def test_c092_ids_have_their_shape_and_the_reference_is_made_of_them(session):
    body = made(session)
    assert re.fullmatch(r"cap_preset_[0-9a-f]{12}", body["id"])
    assert body["preset_ref"] == f"preset:{body['id']}"


def test_c087_without_a_clone_the_karaoke_style_is_the_start(session):
    body = made(session)
    assert {name: body[name] for name in KARAOKE} == KARAOKE
    assert body["clone_from_preset_ref"] == "builtin:short-form-karaoke"


@pytest.mark.parametrize("slug", SLUGS)
def test_c087_every_built_in_style_can_be_cloned_as_it_is(session, slug):
    origin = session.get(f"{URL}/builtin:{slug}").json()
    body = made(session, clone_from_preset_ref=f"builtin:{slug}")
    own = {"preset_ref", "id", "scope", "slug", "name", "editable", "created_at", "updated_at",
           "clone_from_preset_ref"}
    assert {name: body[name] for name in set(body) - own} == {name: origin[name] for name in set(body) - own}


def test_c087_a_preset_of_ones_own_can_be_cloned_and_overridden(session):
    first = made(session, clone_from_preset_ref="builtin:typewriter", position_x=0.25)
    second = made(session, clone_from_preset_ref=first["preset_ref"], text_color="#123")
    assert (second["effect"], second["position_x"], second["text_color"]) == ("typewriter", 0.25, "#123")
    assert [one["clone_from_preset_ref"] for one in (first, second)] == ["builtin:typewriter", first["preset_ref"]]
    assert session.get(f"{URL}/{first['id']}").json()["text_color"] == "#f5f1e6"


def test_a_preset_from_before_origins_were_kept_has_none(session, alice):
    preset_row(alice)
    assert session.get(URL, {"scope": "custom"}).json()[0]["clone_from_preset_ref"] is None


@pytest.mark.parametrize("ref", ["short-form-karaoke", "built_in:short-form-karaoke", "builtin:", "preset:", "", "x:y",
                                 "builtin:../etc", "preset:cap preset", "BUILTIN:clean-subtitle", 5, True, None, ["x"]])
def test_c083_a_malformed_reference_is_400(session, ref):
    body = refused(make(session, clone_from_preset_ref=ref), 400, "invalid_field")
    assert list(body["fields"]) == ["clone_from_preset_ref"]
    assert not Preset.objects.exists()


@pytest.mark.parametrize("ref", ["builtin:karaoke", "preset:cap_preset_123", "preset:cap_preset_000000000000"])
def test_c083_an_unknown_reference_is_404(session, ref):
    refused(make(session, clone_from_preset_ref=ref), 404, "not_found")


def test_b55_anothers_preset_cannot_be_cloned_and_answers_like_an_unknown_one(session, bob):
    foreign = make_preset(bob)
    told = [refused(make(session, clone_from_preset_ref=ref), 404, "not_found")
            for ref in (foreign.ref, "preset:cap_preset_000000000000")]
    assert told[0]["error"] == told[1]["error"]
    assert Preset.objects.count() == 1


def test_a_preset_needs_a_name(session):
    assert list(refused(session.post(URL, {}), 400, "missing_field")["fields"]) == ["name"]


@pytest.mark.parametrize(("name", "kept"), [("n" * 100, "n" * 100), ("  é  ", "é"), ("<b>", "<b>"), ("a\nb", "a b")])
def test_c087_a_name_has_1_to_100_characters(session, name, kept):
    assert made(session, name=name)["name"] == kept


# Field -> values that are taken, values that are refused
FIELDS = {
    "name": (["x"], ["", " ", "n" * 101, 5, None, True, ["x"]]),
    "font_size": ([8, 300, 8.5, 77.0], [7.99, 300.01, 1e9, 0, -8, "77", True, None, []]),
    "stroke_width": ([0, 20, 0.5], [-0.1, 20.1, "4", True, None]),
    "position_x": ([0, 1, 0.333], [-0.01, 1.01, 2, "0.5", True, None]),
    "position_y": ([0, 1], [-1, 1.5, "bottom", None]),
    "text_color": (["#fff", "#FFF", "#ffffff", "#FFFFFF80", " #000 "],
                   ["red;}", "fff", "#ff", "#ffff", "#fffff", "#fffffff", "#ggg", "#fff;", "", "rgb(0,0,0)",
                    "#12345678 9", "\uff03fff", "#\uff11\uff11\uff11", 0, None, True]),
    "stroke_color": (["#000"], ["black", "#0000", None]),
    "highlight_color": (["#fcea2a"], ["{\\fscx100000}", "#xyz", None]),
    "stroke_enabled": ([True, False], [1, 0, "true", "yes", None, []]),
    "highlight_mode": ([True, False], [1, "false", None]),
    "effect": (["none", "fade", "shadow", "karaoke", "pop", "punch", "box", "ticker", "bar", "lower-third", "glow",
                "soft-glow", "typewriter"], ["", "Fade", "lower_third", "explode", None, 1, ["fade"]]),
    "text_case": (["none", "upper", "lower"], ["title", "UPPER", "", None, True]),
    "words_per_caption": ([2, 3, 4, 3.0], [1.5, "3", True, None, [3]]),
    "font_name": (["Inter", "Press Start 2P"], ["Comic Sans", "inter", "", None, 5, "Noto Sans", "Bangers,Inter"]),
    "font_source": (["builtin"], ["google", "", None, "Builtin", True]),
    "font_weight": ([400], [700, 401, 0, 1000, "400", None, True]),
    "font_id": ([None], [5, True, ["font_000000000000"]]),
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, (fine, _) in FIELDS.items() for value in fine])
def test_c087_a_value_within_its_limits_is_kept(session, field, value):
    kept = made(session, **{field: value})[field]
    assert kept == (value.strip() if isinstance(value, str) else value)


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, (_, bad) in FIELDS.items() for value in bad])
def test_b53_a_value_outside_its_limits_is_400_and_names_its_field(session, field, value):
    body = refused(make(session, **{field: value}), 400, "invalid_field")
    assert list(body["fields"]) == [field]
    assert not Preset.objects.exists()


@pytest.mark.parametrize(("words", "kept"), [(99, 4), (5, 4), (4, 4), (3, 3), (2, 2), (1, 2), (0, 2), (-7, 2)])
def test_c088_with_highlight_words_are_brought_to_two_to_four(session, words, kept):
    assert made(session, highlight_mode=True, words_per_caption=words)["words_per_caption"] == kept
    assert made(session, words_per_caption=words)["words_per_caption"] == kept  # the clone's highlight counts


@pytest.mark.parametrize(("words", "status"), [(1, 201), (12, 201), (0, 400), (13, 400), (99, 400), (-1, 400),
                                               (10**18, 400)])
def test_b54_without_highlight_words_are_one_to_twelve(session, words, status):
    assert make(session, highlight_mode=False, words_per_caption=words).status_code == status


def test_c088_switching_highlight_on_over_a_clone_with_many_words_clamps_them(session):
    assert made(session, clone_from_preset_ref="builtin:clean-subtitle", highlight_mode=True)["words_per_caption"] == 4


def test_g07_unknown_fields_are_ignored(session):
    body = made(session, id="cap_preset_mine", slot=7, account=1, scope="built_in", editable=False, line_height=2)
    assert body["scope"] == "custom" and body["id"] != "cap_preset_mine"


# --- Fonts ------------------------------------------------------------------------------------------------

def test_c087_every_family_of_a_built_in_style_can_be_named(session):
    families = {item["font_name"] for item in session.get(URL).json()}
    assert len(families) == 15
    for family in families:
        assert made(session, font_name=family)["font_name"] == family


@pytest.mark.parametrize(("given", "weight"), [
    ({"font_name": "Poppins"}, 400), ({"font_name": "Poppins", "font_weight": 700}, 700),
    ({"font_name": "Montserrat"}, 500), ({"font_name": "Archivo Black"}, 400),
    ({"clone_from_preset_ref": "builtin:bold-outline", "font_name": "Poppins"}, 900),
    ({"clone_from_preset_ref": "builtin:bold-outline", "font_name": "Bangers"}, 400),
    ({"clone_from_preset_ref": "builtin:bold-outline"}, 900)])
def test_another_family_comes_in_the_weight_nearest_to_the_one_before(session, given, weight):
    assert made(session, **given)["font_weight"] == weight


def test_c087_an_uploaded_font_is_named_by_its_id(session, alice):
    font = font_row(alice)
    body = made(session, font_source="upload", font_id=font.pk)
    assert (body["font_source"], body["font_id"], body["font_name"], body["font_weight"]) == (
        "upload", font.pk, "My Font", 400)


def test_a_font_id_alone_means_upload_and_a_font_name_beside_it_is_not_read(session, alice):
    body = made(session, font_id=font_row(alice).pk, font_name="Comic Sans")
    assert (body["font_source"], body["font_name"]) == ("upload", "My Font")


def test_a_clone_brings_its_uploaded_font_along(session, alice):
    first = made(session, font_source="upload", font_id=font_row(alice).pk)
    second = made(session, clone_from_preset_ref=first["preset_ref"], font_size=50)
    assert second["font_id"] == first["font_id"]
    back = made(session, clone_from_preset_ref=first["preset_ref"], font_name="Inter")
    assert (back["font_source"], back["font_id"], back["font_name"]) == ("builtin", None, "Inter")


@pytest.mark.parametrize(("given", "status", "code"), [
    ({"font_source": "upload"}, 400, "missing_field"),
    ({"font_source": "upload", "font_id": None}, 400, "missing_field"),
    ({"font_source": "upload", "font_id": "font_000000000000"}, 404, "not_found"),
    ({"font_source": "upload", "font_id": "nonsense"}, 404, "not_found"),
    ({"font_source": "builtin", "font_id": "font_000000000000"}, 400, "invalid_field"),
])
def test_b56_an_upload_needs_a_font_of_ones_own(session, given, status, code):
    refused(make(session, **given), status, code)
    assert not Preset.objects.exists()


def test_b56_anothers_font_is_404(session, bob):
    refused(make(session, font_source="upload", font_id=font_row(bob).pk), 404, "not_found")


def test_a_font_that_goes_at_the_last_moment_is_404_and_leaves_nothing(session, alice, monkeypatch):
    """The font is looked up, then deleted by somebody else, then the row is written."""
    from captions import presets

    font = font_row(alice)
    found = presets.queries.font

    def find_then_lose(account, font_id):
        row = found(account, font_id)
        type(row).objects.filter(pk=row.pk).delete()
        return row

    monkeypatch.setattr(presets.queries, "font", find_then_lose)
    refused(make(session, font_source="upload", font_id=font.pk), 404, "not_found")
    assert not Preset.objects.exists()
    monkeypatch.undo()
    with pytest.raises(NotFound):
        presets.queries.font(alice, font.pk)


def test_from_upload_back_to_shipped_needs_a_family(session, alice):
    first = made(session, font_source="upload", font_id=font_row(alice).pk)
    reply = make(session, clone_from_preset_ref=first["preset_ref"], font_source="builtin")
    assert list(refused(reply, 400, "missing_field")["fields"]) == ["font_name"]


# --- How many ---------------------------------------------------------------------------------------------

def test_c087_the_hundred_and_first_preset_is_409(session, alice, bob):
    make_preset(bob)
    for slot in range(2, MAX_PRESETS + 1):
        preset_row(alice, slot)
    made(session)
    body = refused(make(session), 409, "limit_reached")
    assert body["hint"] and Preset.objects.filter(account=alice).count() == MAX_PRESETS
    session.delete(f"{URL}/{session.get(URL, {'scope': 'custom'}).json()[50]['id']}")
    made(session)
    refused(make(session), 409, "limit_reached")


def test_x001_the_same_key_makes_one_preset(session):
    key = {"Idempotency-Key": "once"}
    first = session.post(URL, ASKED, headers=key)
    again = session.post(URL, ASKED, headers=key)
    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (201, 201, "true")
    assert first.json() == again.json() and Preset.objects.count() == 1
