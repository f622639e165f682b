"""How the routes about waveform and filmstrip are described."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from core.schemas import Description, describe
from uploads.schemas import TAG

FAULTS = "not_found source_expired"
PER_SECOND = OpenApiParameter("X-Peaks-Per-Second", int, OpenApiParameter.HEADER, response=[200],
                              description="How many pairs stand for a second: 10 or 100.")


class Sprites(serializers.Serializer[Any]):
    tile_width = serializers.IntegerField(help_text="Pixels.")
    tile_height = serializers.IntegerField(help_text="Pixels.")
    columns = serializers.IntegerField(help_text="Tiles side by side on a picture: 10.")
    rows = serializers.IntegerField(help_text="Rows of tiles on a picture: 10.")
    interval = serializers.FloatField(help_text="Seconds from one tile to the next; tile n shows n x interval.")
    count = serializers.IntegerField(help_text="Tiles in all; what follows on the last picture is black.")
    images = serializers.ListField(child=serializers.URLField(),
        help_text="JPEGs in order, a hundred tiles each; the addresses work for an hour.")


def peaks(query: Any) -> Description:
    return describe(
        "read_peaks", "Get a waveform",
        about="The lowest and the highest sample of each moment as two signed bytes, -127 to 127, one pair after "
              "the other. It is made after the upload is ready: 404 until then, and for media without sound.",
        tag=TAG, answer={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)},
        faults=f"{FAULTS} invalid_field", parameters=[query, PER_SECOND])


sprites = describe(
    "read_sprites", "Get a filmstrip",
    about="Small pictures of the whole video. They are made after the upload is ready: 404 until then, and for "
          "media without a picture.",
    tag=TAG, answer=Sprites, faults=FAULTS,
    answered={"tile_width": 160, "tile_height": 90, "columns": 10, "rows": 10, "interval": 2.001, "count": 600,
              "images": ["https://..."]})
