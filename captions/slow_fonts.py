"""Uploaded fonts that are made to do harm: a request gives up on them, and the next one knows.

The sanitiser bounds what a letter costs, but rules of a font can still make a crowd of it. What a font may take
inside of a request is measured, and one that took too much is refused from then on, for as long as this process runs.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from captions.errors import InvalidFont
from captions.models import Font
from media import typefaces

SECONDS = 4.0  # of the processor; a preview in an honest font takes a hundredth of it
MOST = 10_000  # fonts that are remembered
_slow: OrderedDict[str, None] = OrderedDict()  # by the digest of their bytes


class SlowFont(InvalidFont):
    sentence = "This font takes too long to draw."
    hint = "Choose another font."


@contextmanager
def watched(font: Font | None) -> Iterator[None]:
    """Measure texts in an uploaded font, for so long as a request may. Raises `InvalidFont` (422)."""
    if font is None:
        yield
        return
    if font.sha256 in _slow:
        raise SlowFont
    try:
        with typefaces.at_most(SECONDS):
            yield
    except typefaces.TooSlow as fault:
        _slow[font.sha256] = None
        if len(_slow) > MOST:
            _slow.popitem(last=False)
        raise SlowFont from fault
    except typefaces.NotDrawable as fault:
        raise InvalidFont(fault.sentence) from fault
