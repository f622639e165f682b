"""Presets, the caption styles that people make, the fonts they upload, and what is said in their sources."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from core.ids import new_id
from media.style import CASES, EFFECTS, Style
from media.transcribe.choose import NAMES as ENGINES
from uploads.models import Upload

MAX_PRESETS = 100  # per account (C087)
MAX_FONTS = 50  # per account (C093)
MAX_FONT_BYTES = 10 * 1024**2
NAME_LENGTH = 100
REF_LENGTH = 80  # of builtin:<slug> and preset:<id>
FONT_SIZE = (8, 300)  # pixels on a canvas whose short side is 1080
STROKE_WIDTH = (0, 20)
WORDS = (1, 12)  # per caption
WORDS_LIT = (2, 4)  # the same where the active word is lit (C088)
COLOR = r"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\Z"
MAX_VERSIONS = 20  # of a source's transcript that are kept: the first one and the newest (X009)
QUALITIES = ["standard", "draft"]
UPLOADED_WEIGHT = 400  # an uploaded file is the one face of its family


def preset_id() -> str:
    return new_id("cap_preset_")


def font_id() -> str:
    return new_id("font_")


def _within(field: str, least: float, most: float) -> Q:
    return Q(**{f"{field}__gte": least, f"{field}__lte": most})


class Font(models.Model):
    """A font that an account uploaded. What is stored is what the sanitiser wrote, never the bytes that came."""

    id = models.CharField(primary_key=True, max_length=17, default=font_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="fonts")
    slot = models.PositiveSmallIntegerField()  # 1..50: there is no place for one more
    name = models.CharField(max_length=NAME_LENGTH)  # the family, as the file called itself
    style = models.CharField(max_length=NAME_LENGTH, blank=True, default="")  # such as Bold
    filename = models.CharField(max_length=255)
    format = models.CharField(max_length=3)
    size = models.PositiveIntegerField()  # bytes that were uploaded
    glyph_count = models.PositiveIntegerField()
    scripts = models.JSONField(default=list)  # ISO 15924, the best covered first
    key = models.CharField(max_length=300, unique=True)  # where the sanitised file is
    sha256 = models.CharField(max_length=64)  # of the sanitised file
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_within("slot", 1, MAX_FONTS), name="font_slot"),
            models.UniqueConstraint(fields=["account", "slot"], name="font_one_per_slot"),
            models.CheckConstraint(condition=~Q(name=""), name="font_has_name"),
            models.CheckConstraint(condition=Q(format__in=["ttf", "otf"]), name="font_format"),
            models.CheckConstraint(condition=_within("size", 1, MAX_FONT_BYTES), name="font_size_within_limit"),
            models.CheckConstraint(condition=_within("glyph_count", 1, 65_535), name="font_has_glyphs"),
            models.CheckConstraint(condition=~Q(key="") & ~Q(sha256=""), name="font_has_file"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.style}".strip()

    @property
    def family(self) -> str:
        """What the stored file calls itself; no other font has that name."""
        return family_of(self.id)


def family_of(font_id: str) -> str:
    return f"fc_{font_id}"


class Preset(models.Model):
    """A caption style of an account. Built-in styles are not rows: see captions.built_in.

    `clone_from` is the reference of the style it was made from and never changes, whatever becomes of that one; empty
    where it was made before that was kept.
    Without `font` the style uses the shipped family `font_name`; with it, that upload. Colours are as they
    were given. Sizes in pixels of a canvas whose short side is 1080; the position is the centre of the block
    as a fraction of the frame. Source: C087-C090.
    """

    id = models.CharField(primary_key=True, max_length=23, default=preset_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="presets")
    slot = models.PositiveSmallIntegerField()  # 1..100: there is no place for one more
    name = models.CharField(max_length=NAME_LENGTH)
    clone_from = models.CharField(max_length=REF_LENGTH, blank=True, default="", editable=False)
    font = models.ForeignKey(Font, on_delete=models.PROTECT, null=True, related_name="presets")
    font_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    font_weight = models.PositiveSmallIntegerField()
    font_size = models.FloatField()
    words_per_caption = models.PositiveSmallIntegerField()
    text_color = models.CharField(max_length=9)
    stroke_enabled = models.BooleanField()
    stroke_width = models.FloatField()
    stroke_color = models.CharField(max_length=9)
    highlight_mode = models.BooleanField()
    highlight_color = models.CharField(max_length=9)
    position_x = models.FloatField()
    position_y = models.FloatField()
    effect = models.CharField(max_length=20)
    text_case = models.CharField(max_length=5)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_within("slot", 1, MAX_PRESETS), name="preset_slot"),
            models.UniqueConstraint(fields=["account", "slot"], name="preset_one_per_slot"),
            models.CheckConstraint(condition=~Q(name=""), name="preset_has_name"),
            models.CheckConstraint(condition=LessThanOrEqual(Length(F("name")), Value(NAME_LENGTH)),
                                   name="preset_name_length"),
            models.CheckConstraint(condition=Q(clone_from="") | Q(clone_from__startswith="builtin:")
                                   | Q(clone_from__startswith="preset:"), name="preset_clone_from_is_a_ref"),
            models.CheckConstraint(condition=Q(font__isnull=True) & ~Q(font_name="")
                                   | Q(font__isnull=False, font_name="", font_weight=UPLOADED_WEIGHT),
                                   name="preset_shipped_or_uploaded_font"),
            models.CheckConstraint(condition=_within("font_weight", 100, 900), name="preset_font_weight"),
            models.CheckConstraint(condition=_within("font_size", *FONT_SIZE), name="preset_font_size"),
            models.CheckConstraint(condition=_within("stroke_width", *STROKE_WIDTH), name="preset_stroke_width"),
            models.CheckConstraint(condition=_within("position_x", 0, 1) & _within("position_y", 0, 1),
                                   name="preset_position"),
            models.CheckConstraint(condition=Q(highlight_mode=True) & _within("words_per_caption", *WORDS_LIT)
                                   | Q(highlight_mode=False) & _within("words_per_caption", *WORDS),
                                   name="preset_words"),
            *(models.CheckConstraint(condition=Q(**{f"{field}__regex": COLOR}), name=f"preset_{field}")
              for field in ("text_color", "stroke_color", "highlight_color")),
            models.CheckConstraint(condition=Q(effect__in=EFFECTS), name="preset_effect"),
            models.CheckConstraint(condition=Q(text_case__in=CASES), name="preset_text_case"),
        ]
        # read by captions.queries.presets
        indexes = [models.Index(fields=["account", "-created_at"], name="preset_of_account")]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"preset:{self.id}"

    @property
    def style(self) -> Style:
        """As the compiler draws it: an uploaded font by the family of its stored file."""
        return Style(
            font_name=family_of(self.font_id) if self.font_id else self.font_name, font_weight=self.font_weight,
            font_size=self.font_size, words_per_caption=self.words_per_caption, text_color=self.text_color,
            stroke_enabled=self.stroke_enabled, stroke_width=self.stroke_width, stroke_color=self.stroke_color,
            highlight_mode=self.highlight_mode, highlight_color=self.highlight_color, position_x=self.position_x,
            position_y=self.position_y, effect=self.effect, text_case=self.text_case)


class Transcript(models.Model):
    """One version of what is said in a source. It never changes: an edit makes the next version.

    `said` is what captions.transcripts.packed writes: sentences with their words, seconds of the source. `place`
    is one of MAX_VERSIONS, so there is no room for more; `base` the version that was edited, null for what was
    heard or aligned. Without words, nobody speaks. Source: C064-C069, X009.
    """

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="transcripts")
    version = models.PositiveIntegerField()
    place = models.PositiveSmallIntegerField()
    base = models.PositiveIntegerField(null=True)
    language = models.CharField(max_length=16, blank=True)  # primary subtag; "" where nobody speaks
    translated = models.BooleanField(default=False)  # to English, by the recogniser
    engine = models.CharField(max_length=16)
    quality = models.CharField(max_length=8)
    words = models.PositiveIntegerField()
    said = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "version"], name="transcript_one_per_version"),
            models.UniqueConstraint(fields=["upload", "place"], name="transcript_one_per_place"),
            models.CheckConstraint(condition=Q(version__gte=1), name="transcript_version"),
            models.CheckConstraint(condition=_within("place", 1, MAX_VERSIONS), name="transcript_place"),
            models.CheckConstraint(condition=Q(place=1, version=1) | Q(place__gt=1, version__gt=1),
                                   name="transcript_first_has_first_place"),
            models.CheckConstraint(condition=Q(base__isnull=True) | Q(base__gte=1, base__lt=F("version")),
                                   name="transcript_base_is_older"),
            models.CheckConstraint(condition=Q(engine__in=ENGINES), name="transcript_engine"),
            models.CheckConstraint(condition=Q(quality__in=QUALITIES), name="transcript_quality"),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id} version {self.version}"


class Piece(models.Model):
    """A stretch of a source that is transcribed on its own: once, whichever jobs work on the source.

    `wish` says how the source is transcribed (engine, language, translation). `job` and `fence` name the attempt
    that works on the piece: it is free again as soon as that attempt is over. Rows go when they have become a
    Transcript. Seconds of the source.
    """

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="pieces")
    wish = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    start = models.FloatField()
    end = models.FloatField()
    speech = models.JSONField(default=list)  # [start, end] of the spans in which somebody speaks
    job = models.CharField(max_length=24, blank=True, default="")
    fence = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=16, blank=True, default="")
    said = models.JSONField(default=list)  # as in Transcript
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "wish", "number"], name="piece_one_per_number"),
            models.CheckConstraint(condition=~Q(wish=""), name="piece_has_wish"),
            models.CheckConstraint(condition=Q(start__gte=0, end__gte=F("start")), name="piece_in_order"),
            models.CheckConstraint(condition=Q(finished_at__isnull=False) | Q(language=""),
                                   name="piece_says_nothing_before_it_is_finished"),
        ]
        # read by captions.transcribing: what is left of a source
        indexes = [models.Index(fields=["upload", "number"], condition=Q(finished_at__isnull=True),
                                name="piece_unfinished")]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.start:.0f}-{self.end:.0f} s"
