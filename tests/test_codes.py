"""The table of codes agrees with the registry, with itself, and in known ways not with Python's and Werkzeug's."""

from dataclasses import FrozenInstanceError
from http import HTTPStatus

import pytest
from werkzeug.http import HTTP_STATUS_CODES

from server.codes import _TABLE, CLASSES, CODES, class_name, reason, treat_as

# The registry of 2025-09-15, without the reserved and the temporary numbers.
REGISTERED = {100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226}
REGISTERED |= {300, 301, 302, 303, 304, 305, 307, 308}
REGISTERED |= {*range(400, 418), 421, 422, 423, 424, 425, 426, 428, 429, 431, 451}
REGISTERED |= {500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511}


def having(**wanted):
    return {number for number, code in CODES.items() if all(getattr(code, key) == wanted[key] for key in wanted)}


def test_every_number_of_the_registry_is_there():
    assert len(REGISTERED) == 61
    assert having(kind="registered") == REGISTERED
    assert having(kind="reserved") == {306, 418}
    assert having(kind="temporary") == {104}
    assert len(CODES) == 64


def test_no_number_is_listed_twice_and_all_are_in_order():
    numbers = [code.number for code in _TABLE]
    assert numbers == sorted(set(numbers))


def test_pythons_table_knows_418_too():
    # Whether 104 is in it depends on the version of Python; so do some phrases.
    assert {status.value for status in HTTPStatus} ^ REGISTERED in ({418}, {104, 418})


def test_werkzeugs_table_knows_two_unused_numbers_and_one_that_nobody_registered():
    assert set(HTTP_STATUS_CODES) ^ REGISTERED in ({306, 418, 449}, {104, 306, 418, 449})


def test_which_answers_have_no_content():
    assert having(content=False) == {100, 101, 102, 103, 104, 204, 205, 304}


def test_what_caches_may_reuse_and_what_they_must_not_store():
    assert having(cacheable=True) == {200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 451, 501}
    assert having(storable=False) == {428, 429, 431, 511}


def test_which_header_fields_are_a_must():
    assert {number: set(code.must) for number, code in CODES.items() if code.must} == {
        101: {"Upgrade", "Connection"},
        206: {"Content-Range"},
        226: {"ETag"},
        304: {"Cache-Control", "Content-Location", "Date", "ETag", "Expires", "Vary"},
        401: {"WWW-Authenticate"},
        405: {"Allow"},
        407: {"Proxy-Authenticate"},
        426: {"Upgrade", "Connection"},
    }


def test_which_header_fields_are_expected():
    assert {number: set(code.should) for number, code in CODES.items() if code.should} == {
        200: {"ETag", "Last-Modified"},
        **dict.fromkeys((201, 301, 302, 303, 307, 308), {"Location"}),
        413: {"Retry-After"},
        416: {"Content-Range"},
        451: {"Link"},
    }


def test_which_header_fields_are_offered():
    assert {number: set(code.may) for number, code in CODES.items() if code.may} == {
        103: {"Link"},
        300: {"Location"},
        415: {"Accept", "Accept-Encoding"},
        429: {"Retry-After"},
        503: {"Retry-After"},
    }


def test_sections_of_rfc_9110_follow_the_numbers():
    """In RFC 9110 §15.2 to §15.6 each class counts its own codes, so the sections show a code in the wrong place."""
    for digit in CLASSES:
        listed = [code.reference for code in CODES.values() if code.number // 100 == digit and "9110" in code.reference]
        assert listed == [f"RFC 9110 §15.{digit + 1}.{place}" for place in range(1, len(listed) + 1)]
    counts = [sum(f"§15.{digit + 1}." in code.reference for code in CODES.values()) for digit in CLASSES]
    assert counts == [2, 7, 9, 22, 6]


def test_where_the_other_codes_are_defined():
    others = {number: code.reference.split(" §")[0] for number, code in CODES.items() if "9110" not in code.reference}
    assert others == {
        102: "RFC 2518",
        103: "RFC 8297",
        104: "draft-ietf-httpbis-resumable-upload",
        207: "RFC 4918",
        208: "RFC 5842",
        226: "RFC 3229",
        423: "RFC 4918",
        424: "RFC 4918",
        425: "RFC 8470",
        428: "RFC 6585",
        429: "RFC 6585",
        431: "RFC 6585",
        451: "RFC 7725",
        506: "RFC 2295",
        507: "RFC 4918",
        508: "RFC 5842",
        510: "RFC 2774",
        511: "RFC 6585",
    }


@pytest.mark.parametrize("code", CODES.values(), ids=str)
def test_every_meaning_is_a_sentence_and_every_name_can_go_on_the_wire(code):
    assert code.meaning[0].isupper()
    assert code.meaning.endswith(".")
    assert code.name.isascii()
    assert code.name.isprintable()
    assert code.name == code.name.strip() != ""


def test_a_code_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        CODES[200].name = "Fine"


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (100, "Informational"),
        (299, "Successful"),
        (304, "Redirection"),
        (471, "Client Error"),
        (599, "Server Error"),
    ],
)
def test_the_first_digit_names_the_class(number, name):
    assert class_name(number) == name
    assert all(code.class_name == name for code in CODES.values() if code.number // 100 == number // 100)


@pytest.mark.parametrize("number", [-100, 0, 99, 600, 999, 1000])
def test_outside_100_to_599_there_is_no_class(number):
    with pytest.raises(ValueError, match="from 100 to 599"):
        class_name(number)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (404, 404),
        (471, 400),
        (299, 200),
        (150, 100),
        (399, 300),
        (599, 500),
        (418, 400),
        (104, 100),
        (99, 500),
        (600, 500),
        (999, 500),
        (-1, 500),
    ],
)
def test_a_client_treats_an_unregistered_code_as_the_first_of_its_class(number, code):
    assert treat_as(number) == code


def test_the_reason_phrase_is_the_registered_name():
    assert reason(413) == "Content Too Large"
    assert reason(422) == "Unprocessable Content"
    assert reason(471) == "Unregistered"
