"""What XML is let in at all."""

import pytest

from engine.bpmn.xml import BadXml, parse_xml


def test_plain_xml_comes_in_with_line_numbers():
    root = parse_xml(b'<?xml version="1.0" encoding="UTF-8"?>\n<a>\n<b/></a>')
    assert (root.tag, root[0].sourceline) == ("a", 3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_comes_in(encoding):
    assert parse_xml('<a name="Đủ hồ sơ"/>'.encode(encoding)).get("name") == "Đủ hồ sơ"


DOCTYPES = [
    b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]><a/>',
    b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>',
    b"<!doctype a><a/>",
    b'<?xml version="1.0"?>\n\n<!-- x --><!DOCTYPE a><a/>',
    '<!DOCTYPE a [<!ENTITY x "ha">]><a>&x;</a>'.encode("utf-16"),
    b"\xef\xbb\xbf<!DOCTYPE a><a/>",
]


@pytest.mark.parametrize("xml", DOCTYPES)
def test_a_doctype_is_refused_in_words(xml):
    with pytest.raises(BadXml) as refusal:
        parse_xml(xml)
    assert "DOCTYPE" in refusal.value.say("vi")


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        pytest.param(b"", "well-formed", id="nothing"),
        pytest.param(b"not xml", "well-formed", id="text"),
        pytest.param(b"<a><b></a>", "line 1", id="crossed tags"),
        pytest.param(b"<a>&x;</a>", "well-formed", id="undeclared entity"),
        pytest.param(b'<?xml version="1.0" encoding="UTF-7"?><a/>', "UTF-8", id="UTF-7"),
        pytest.param(b"<a name='\xff'/>", "UTF-8", id="bytes that are not UTF-8"),
        pytest.param(b"<a>" + b" " * 2_000_000 + b"</a>", "2 MB", id="too large"),
        pytest.param(b"<a>" + b"<b/>" * 20_000 + b"</a>", "20000 elements", id="too many"),
        pytest.param(b"<a>" * 65 + b"</a>" * 65, "64 levels", id="too deep"),
        pytest.param(
            b"<a " + b" ".join(b"a%d='1'" % n for n in range(101)) + b"/>", "100 attributes", id="too wide"
        ),
    ],
)
def test_bad_xml_is_refused_in_words(xml, why):
    with pytest.raises(BadXml, match="Expected an XML file") as refusal:
        parse_xml(xml)
    assert why in refusal.value.say("en")
    assert refusal.value.say("vi").startswith("Không đọc được tệp XML")


def test_the_bounds_themselves_are_allowed():
    assert len(parse_xml(b"<a>" + b"<b/>" * 19_999 + b"</a>")) == 19_999
    parse_xml(b"<a>" * 64 + b"</a>" * 64)
    parse_xml(b"<a " + b" ".join(b"a%d='1'" % n for n in range(100)) + b"/>")


def test_nothing_outside_is_ever_opened(tmp_path):
    """XInclude, style sheets and schema locations are only text."""
    secret = tmp_path / "secret.xml"
    secret.write_text("<secret/>")
    root = parse_xml(
        f'<?xml-stylesheet href="{secret}"?><a xmlns:xi="http://www.w3.org/2001/XInclude">'
        f'<xi:include href="{secret}"/></a>'.encode()
    )
    assert "secret/" not in str([child.tag for child in root])
