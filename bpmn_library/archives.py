"""Reading a foreign zip file in memory: never extracted, every bound checked before and while inflating.

The sizes in a zip's directory are claims of whoever made it. So entries are inflated in pieces, and the
reading stops at the first piece too many.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib

from engine.errors import Invalid

MOST_BYTES = 20 * 1024 * 1024  # of the file itself
MOST_INFLATED = 60 * 1024 * 1024
MOST_ENTRY = 4 * 1024 * 1024
MOST_ENTRIES = 2_000
MOST_RATIO = 200  # BPMN shrinks about 15 times; a bomb a thousand times
LONGEST_NAME = 200

_PIECE = 64 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SYMLINK = 0o120000
_KIND_OF_FILE = 0o170000
_ENCRYPTED = 0x1
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_\-][A-Za-z0-9_.\-]*")


class BadPackage(Invalid):
    """A package cannot be used; facts: `reason` (English) and `reason_vi`, whole sentences."""

    code = "bad_package"
    vi = "Không dùng được gói bộ thủ tục này. {reason_vi}"
    en = "This package cannot be used. {reason}"

    def __init__(self, vi: str, en: str, **facts: object) -> None:
        super().__init__(
            "a package that can be read safely", en.rstrip("."), reason=en, reason_vi=vi, **facts
        )


def read_entries(data: bytes) -> dict[str, bytes]:
    """Return the files of a zip by name; folders are passed over.

    Raises:
        BadPackage: If it is no zip, is too large in any way, or names a file where none may be.
    """
    if len(data) > MOST_BYTES:
        raise BadPackage(
            f"Tệp nặng {_megabytes(len(data), ',')} MB; chỉ nhận đến {MOST_BYTES >> 20} MB.",
            f"The file has {_megabytes(len(data), '.')} MB; at most {MOST_BYTES >> 20} MB are taken.",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _checked(archive.infolist())
            return _inflate_all(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as broken:
        raise BadPackage(
            "Đây không phải tệp zip, hoặc tệp bị hỏng khi tải lên; hãy tải lại từ nơi phát hành.",
            f"It is no zip file, or it was damaged on the way ({broken}); get it again from its issuer.",
        ) from broken


def check_name(name: str) -> None:
    """Refuse a name that could mean another place than inside the package.

    Raises:
        BadPackage: If it is absolute, climbs up, or has letters that systems read differently.
    """
    quoted = name[:80]
    if len(name) > LONGEST_NAME:
        raise _bad_name(quoted, f"dài quá {LONGEST_NAME} ký tự", f"is longer than {LONGEST_NAME} characters")
    if "\\" in name:
        raise _bad_name(quoted, "có dấu gạch chéo ngược", "has a backslash")
    if name.startswith("/") or ":" in name:
        raise _bad_name(quoted, "là đường dẫn tuyệt đối", "is an absolute path")
    parts = name.split("/")
    if ".." in parts:
        raise _bad_name(quoted, "trỏ ra ngoài gói", "points out of the package")
    if not all(_PLAIN_NAME.fullmatch(part) for part in parts):
        raise _bad_name(
            quoted,
            "chỉ được gồm chữ không dấu, số và . _ - giữa các dấu /",
            "may only have plain letters, digits and . _ - between slashes",
        )


def _checked(infos: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    if len(infos) > MOST_ENTRIES:
        raise BadPackage(
            f"Gói có {len(infos)} mục; chỉ nhận đến {MOST_ENTRIES} mục.",
            f"It has {len(infos)} entries; at most {MOST_ENTRIES} are taken.",
        )
    seen: set[str] = set()
    for info in infos:
        # Python cuts `filename` at a zero byte and turns backslashes on Windows; this is the raw one.
        name = info.orig_filename
        check_name(name.removesuffix("/"))
        folded = unicodedata.normalize("NFC", name.removesuffix("/")).casefold()
        if folded in seen:
            raise BadPackage(
                f"Tên “{name}” có hai lần trong gói (không phân biệt chữ hoa, chữ thường).",
                f"The name “{name}” is there twice (capitals do not count).",
            )
        seen.add(folded)
        _check_claims(info, name)
    files = [info for info in infos if not info.is_dir()]
    if sum(info.file_size for info in files) > MOST_INFLATED:
        raise _too_much()
    return files


def _check_claims(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise BadPackage(f"Mục “{name}” bị đặt mật khẩu.", f"The entry “{name}” is encrypted.")
    if (info.external_attr >> 16) & _KIND_OF_FILE == _SYMLINK:
        raise BadPackage(f"Mục “{name}” là liên kết, không phải tệp.", f"The entry “{name}” is a link.")
    if info.compress_type not in _METHODS:
        raise BadPackage(
            f"Mục “{name}” nén theo kiểu không hỗ trợ; hãy nén zip thông thường.",
            f"The entry “{name}” is packed in an unknown way; use an ordinary zip.",
        )
    if info.file_size > MOST_ENTRY:
        raise _entry_too_large(name)
    if info.file_size > _PIECE and info.file_size > MOST_RATIO * max(info.compress_size, 1):
        raise BadPackage(
            f"Mục “{name}” nén bất thường (hơn {MOST_RATIO} lần), có thể là tệp phá hoại.",
            f"The entry “{name}” is packed more than {MOST_RATIO} times, as attacks are.",
        )


def _inflate_all(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = MOST_INFLATED
    for info in infos:
        content = _inflate(archive, info, min(left, MOST_ENTRY))
        left -= len(content)
        found[info.filename] = content
    return found


def _inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    with archive.open(info) as stream:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > most:
                raise _entry_too_large(info.filename) if most == MOST_ENTRY else _too_much()
            pieces.append(piece)
    return b"".join(pieces)


def _bad_name(name: str, vi: str, en: str) -> BadPackage:
    return BadPackage(f"Tên tệp “{name}” {vi}.", f"The file name “{name}” {en}.")


def _entry_too_large(name: str) -> BadPackage:
    return BadPackage(
        f"Mục “{name}” lớn hơn {MOST_ENTRY >> 20} MB.",
        f"The entry “{name}” has more than {MOST_ENTRY >> 20} MB.",
    )


def _too_much() -> BadPackage:
    most = MOST_INFLATED >> 20
    return BadPackage(f"Gói giải nén ra hơn {most} MB.", f"It unpacks to more than {most} MB.")


def _megabytes(size: int, comma: str) -> str:
    return f"{size / (1 << 20):.1f}".replace(".", comma)
