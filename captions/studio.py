"""What the pages of the Caption Studio show."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from fontTools.unicodedata import script_name

from accounts.models import Account
from captions import built_in, forms, queries, sample, tiles
from captions.models import FONT_SIZE, MAX_FONTS, MAX_PRESETS, NAME_LENGTH, STROKE_WIDTH, WORDS, WORDS_LIT, Font
from captions.preview import font_url, style_hash
from captions.queries import Look
from media import typefaces
from media.style import CASES
from media.subtitle_layout import BOXES, MARGIN

SCOPES = {"all": "All", "built_in": "Built-in", "custom": "Mine"}
KINDS = {"": "Every kind", "karaoke": "Lit words", "box": "Boxes and bars", "glow": "Glow", "plain": "Plain"}
EFFECTS = {"none": "Plain", "fade": "Fade", "shadow": "Soft shadow", "karaoke": "Lit words", "pop": "Pop",
           "punch": "One word at a time", "box": "Box", "ticker": "News ticker", "bar": "Bar",
           "lower-third": "Lower third", "glow": "Neon glow", "soft-glow": "Soft glow", "typewriter": "Typewriter"}
CASE_WORDS = dict(zip(CASES, ("As spoken", "UPPER CASE", "lower case"), strict=True))
WEIGHTS = {100: "Thin", 200: "Extra light", 300: "Light", 400: "Regular", 500: "Medium", 600: "Semibold", 700: "Bold",
           800: "Extra bold", 900: "Black"}
SHAPES = {"16:9": ("16x9", "Wide"), "9:16": ("9x16", "Tall"), "1:1": ("1x1", "Square"), "4:5": ("4x5", "Portrait")}
PLACES = ((0.12, "Top"), (0.5, "Middle"), (0.88, "Bottom"))  # fractions; the margin keeps wide captions inside
SIDES = ((0.15, "left"), (0.5, "centre"), (0.85, "right"))
# What a font of one's own is shown with, by the script that it covers best (ISO 15924).
SPECIMENS = {"Latn": "Every word counts when it is heard", "Cyrl": "Каждое слово важно, когда его слышат",
             "Grek": "Κάθε λέξη μετράει όταν ακούγεται", "Arab": "كل كلمة مهمة حين تسمع",
             "Hebr": "כל מילה חשובה כשהיא נשמעת", "Deva": "हर शब्द सुना जाता है",
             "Thai": "ทุกคำ มีความหมาย เมื่อได้ยิน", "Hang": "모든 말은 들릴 때 중요합니다",
             "Hira": "すべての ことばが たいせつ", "Kana": "スベテノ コトバガ タイセツ",
             "Hani": "每个词 都 算数"}
LIMITS = {"font_size": FONT_SIZE, "stroke_width": STROKE_WIDTH, "words": WORDS, "words_lit": WORDS_LIT,
          "name": NAME_LENGTH, "text": sample.TEXT_LENGTH, "pace": sample.PACES}


def kind_of(look: Look) -> str:
    """Which filter finds a style."""
    style = look.style
    if style.effect in BOXES:
        return "box"
    if style.effect in ("glow", "soft-glow"):
        return "glow"
    lit = style.effect in ("karaoke", "pop") and style.highlight_mode
    return "karaoke" if lit or style.effect == "punch" else "plain"


def gallery(account: Account, scope: str, kind: str) -> dict[str, Any]:
    """The styles that the filters leave, each with its tile."""
    scope, kind = scope if scope in SCOPES else "all", kind if kind in KINDS else ""
    found = [look for look in queries.presets(account, scope=scope) if not kind or kind_of(look) == kind]
    own = sum(look.preset is not None for look in found)
    return {"scope": scope, "kind": kind, "scopes": SCOPES, "kinds": KINDS, "most": MAX_PRESETS, "own": own,
            "styles": [_tile(look) for look in found]}


def _tile(look: Look) -> dict[str, Any]:
    return {"view": queries.preset_view(look), "loop": tiles.url(look, "loop"), "still": tiles.url(look, "still"),
            "effect": EFFECTS[look.style.effect]}


def editor(account: Account, look: Look, typed: dict[str, Any], faults: dict[str, str]) -> dict[str, Any]:
    """The editor of one style: what is stored, over it what was `typed` and refused."""
    view = queries.preset_view(look)
    fonts, origin = list(queries.fonts(account)), queries.origin(account, look)
    chosen = {"font": f"upload:{view['font_id']}" if look.font else f"builtin:{view['font_name']}"}
    if "font_source" in typed:
        named = typed.get("font_id") or typed.get("font_name", "")
        chosen = {"font": f"{typed['font_source']}:{named}"}
    return {"look": look, "view": view, "origin": origin, "shown": view | chosen | typed, "faults": faults,
            "fonts": fonts, "faces": _faces(fonts),
            "font_fault": faults.get("font_name") or faults.get("font_id", ""),
            "families": {name: _weights(weights) for name, weights in sorted(built_in.families().items())},
            "weights": WEIGHTS, "effects": EFFECTS, "cases": CASE_WORDS, "limits": LIMITS, "shapes": _shapes(),
            "places": PLACES, "sides": SIDES, "sample": sample, "areas": sample.safe_areas(),
            "picture": _picture(look), "shape": "16:9", "said": "", "warnings": [],
            "api_url": settings.PUBLIC_API_URL, "config": _config(view, origin)}


def _picture(look: Look) -> str:
    """Where the encoder's picture of a style is; the address changes with the look."""
    return f"{reverse('captions-picture', args=[look.ref])}?v={style_hash(look.style, look.font)}"


def _faces(own: list[Font]) -> list[dict[str, Any]]:
    """Every font that a style may have, each with the file that draws its specimen; the account's own first."""
    yours = [{"value": f"upload:{font.pk}", "label": str(font), "url": font_url(font)} for font in own]
    ours = [{"value": f"builtin:{family['name']}", "label": family["name"], "url": family["url"]}
            for family in _families()]
    return [{"title": title, "faces": faces} for title, faces in (("Yours", yours), ("Built-in", ours)) if faces]


def _families() -> list[dict[str, Any]]:
    """The families that come along, with the address of their heaviest face."""
    shipped = typefaces.shipped()
    return [{"name": name, "weights": weights, "styles": [WEIGHTS[weight] for weight in weights],
             "url": static(f"dist/fonts/{shipped.face(name, weights[-1]).path.name}")}
            for name, weights in sorted(built_in.families().items())]


def _weights(weights: tuple[int, ...]) -> str:
    return " ".join(map(str, weights))


def _as_typed(look: Look) -> dict[str, Any]:
    """A style as the editor's form reads it: a font by what names it there, and no name."""
    view = queries.preset_view(look)
    font = ("font_id",) if look.font else ("font_name", "font_weight")
    return {name: view[name] for name in (*forms.NUMBERS, *forms.TEXTS, *forms.FLAGS, "font_source", *font)}


def _config(view: dict[str, Any], origin: Look | None) -> dict[str, Any]:
    """What the editor's script needs."""
    return {
        "style": view, "origin": _as_typed(origin) if origin else None, "margin": MARGIN, "limits": LIMITS,
        "shapes": _shapes(), "boxes": BOXES,
        "areas": [asdict(area) for area in sample.safe_areas()],
        "parts": parts(),
        "pages": reverse("caption-studio"),
    }


def parts() -> dict[str, str]:
    """The addresses of what draws captions in a browser."""
    return {"worker": static("dist/jassub/worker.js"), "wasm": static("dist/jassub/plain.wasm"),
            "modern": static("dist/jassub/modern.wasm")}


def _shapes() -> list[dict[str, Any]]:
    """The test clips; without addresses where set-up has not composed them."""
    return [{"value": value, "label": label, "clip": _clip(f"clip-{name}.mp4"), "poster": _clip(f"clip-{name}.jpg")}
            for value, (name, label) in SHAPES.items()]


def _clip(name: str) -> str:
    if not (tiles.BUILT / name).is_file():
        return ""
    try:
        return static(f"dist/captions/{name}")
    except ValueError:  # made after the static files were collected
        return ""


def _specimen(scripts: list[str]) -> list[str]:
    """Five lines in the script that a font covers best, the first the shortest: it is shown the largest."""
    phrase = SPECIMENS.get(scripts[0] if scripts else "", SPECIMENS["Latn"])
    words = phrase.split()
    short, middle = " ".join(words[:2]), " ".join(words[:3])
    return [short, middle, f"{middle} 0123", f"{phrase} 0123456789", f"{phrase}. {phrase} 0123456789"]


def fonts(account: Account) -> dict[str, Any]:
    """The account's fonts and the families that come along."""
    own = [{"row": font, "url": font_url(font), "users": list(queries.users_of(account, font.pk)),
            "specimen": _specimen(font.scripts),
            "scripts": [script_name(code, default=code) for code in font.scripts]} for font in queries.fonts(account)]
    return {"own": own, "most": MAX_FONTS, "families": _families()}
