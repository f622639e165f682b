"""B79: what an API body may not be."""

import pytest

from core.errors import BadRequest, BodyTooLarge
from core.parsers import parse_json


@pytest.mark.parametrize("raw", [
    b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":Infinity}', b'{"a":1e999}', b"\xef\xbb\xbf{}", b'{"a":"\xff"}',
    b'{"a":"\\ud800"}', b'{"a":"\\u0000"}', b'{"\\u0000":1}', b"[]", b'"x"', b"{",
    b'{"a":' * 100 + b"1" + b"}" * 100,
    b"[" * 100_000,
])
def test_b79_what_is_not_strict_json_is_400_invalid_json(raw):
    with pytest.raises(BadRequest) as caught:
        parse_json(raw)
    assert caught.value.code == "invalid_json"


def test_b79_a_body_over_one_mebibyte_is_413():
    with pytest.raises(BodyTooLarge):
        parse_json(b'{"a":"' + b"x" * 1024**2 + b'"}')


def test_g02_an_empty_body_is_an_empty_object():
    assert parse_json(b"  ") == {}


def test_g02_sixty_four_levels_are_fine():
    assert parse_json(b'{"a":' * 62 + b"1" + b"}" * 62)
