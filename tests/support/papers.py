"""Small real files, as offices send them."""

from __future__ import annotations

import io
import zipfile

from PIL import Image


def pdf(pages: int = 1, words: str = "To khai") -> bytes:
    """A PDF that opens, with so many A4 pages."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(pages))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number in range(pages):
        text = f"BT /F1 24 Tf 72 720 Td ({words} {number + 1}) Tj ET".encode()
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R"
        objects.append(f"{page} /Resources << /Font << /F1 3 0 R >> >> >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text))
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, one in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, one))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for one in places:
        out.write(b"%010d 00000 n \n" % one)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def photo(width: int = 800, height: int = 600, *, turned: bool = False) -> bytes:
    """A JPEG; `turned` as a telephone held upright writes it: lying, with a note to turn it, and a place."""
    picture = Image.new("RGB", (width, height), "#2a6")
    exif = picture.getexif()
    if turned:
        exif[0x0112] = 6  # orientation: turn right
        exif[0x010F] = "Điện thoại của bà Tám"
        exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def office_file(*names: str) -> bytes:
    """An archive with empty parts of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()
