from __future__ import annotations

from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360.errors import BadInput
from indexer.sources import lenient

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS.map(str) | st.text(),
    lambda below: st.lists(below) | st.dictionaries(st.text(), below),
)


@given(JSON, st.sampled_from(["", " ", "\n\t"]))
def test_what_orjson_reads_is_read_as_by_it(value: object, space: str) -> None:
    body = space.encode() + orjson.dumps(value) + space.encode()
    assert lenient.decode(body) == value


def test_only_the_element_with_a_problem_is_read_in_another_way() -> None:
    # given an array with half a character, no numbers, and a number beyond 64 bits
    body = rb'[ {"a": 18446744073709551616} , {"b": "\ud800"},{"c": [NaN, -Infinity, 1e999]}, [ ], "\ud83d\ude00"]'
    # then
    read = lenient.decode(body)
    assert read[:2] == [{"a": 18446744073709551616.0}, {"b": "\ud800"}]
    assert isinstance(read[0]["a"], float)
    assert [str(value) for value in read[2]["c"]] == ["NaN", "-Infinity", "1E+999"]
    assert all(isinstance(value, Decimal) for value in read[2]["c"])
    assert read[3:] == [[], "😀"]


@pytest.mark.parametrize(
    "body",
    [b"", b"[", b"[1", b"[1,]", b"[1 2]", b"[1]]", b"{", b"[1]x", b"\xff", b'["\xed\xa0\x80"]', b"[nan]", b"\xef\xbb\xbf[]",
     b'["\x00"]', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_json_at_all_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        lenient.decode(body)
    assert refused.value.code == "INVALID_JSON"
