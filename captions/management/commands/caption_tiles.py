"""Make the tiles of the built-in caption styles beside the built pages."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from captions import built_in, queries, tiles


class Command(BaseCommand):
    help = "Make the moving tiles of the built-in caption styles in static/dist/captions; what is there stays."

    def handle(self, *args: Any, **options: Any) -> None:
        missing = tiles.built_in_missing()
        for place, slug in enumerate(missing, start=1):
            self.stdout.write(f"{place}/{len(missing)} {slug}")
            tiles.make(queries.look_of(built_in.all_()[slug]), tiles.BUILT)
        self.stdout.write(f"{len(missing)} tiles made")
