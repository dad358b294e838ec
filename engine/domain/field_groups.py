"""Groups of fields that many forms share: asked once in the same words, used by reference.

A form names a group with its version, such as `person.1`. A version never changes once it was released,
for the forms of running dossiers are read from it; what has to differ becomes the next version. The rules
come from the handbook of the domain, section 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.domain.texts import Text


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """One version of a group; `fields` are written as a form writes them, their names without prefix."""

    title: Text
    fields: tuple[Mapping[str, Any], ...]


def _f(name: str, vi: str, en: str, kind: str, **more: Any) -> Mapping[str, Any]:
    return {"name": name, "label": {"vi": vi, "en": en}, "type": kind, **more}


def _t(vi: str, en: str) -> dict[str, str]:
    return {"vi": vi, "en": en}


def _options(**options: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"value": value, "label": _t(*label)} for value, label in options.items()]


_NAME = {
    "required": True,
    "max_length": 80,
    "pattern": r"[^0-9<>{}]{2,80}",
    "hint": _t("chữ và dấu cách, từ 2 đến 80 ký tự", "letters and spaces, 2 to 80 characters"),
}
_PERSON = (
    _f("full_name", "Họ và tên", "Full name", "text", **_NAME),
    _f(
        "id_no",
        "Số định danh cá nhân, CMND hoặc hộ chiếu",
        "Personal identification, old ID or passport number",
        "id_no",
        required=True,
    ),
    _f("id_issue_date", "Ngày cấp", "Date of issue", "date", max="today"),
    _f("dob", "Ngày sinh", "Date of birth", "date", max="today"),
    _f(
        "gender",
        "Giới tính",
        "Gender",
        "choice",
        options=_options(male=("Nam", "Male"), female=("Nữ", "Female"), other=("Khác", "Other")),
    ),
    _f("ethnicity", "Dân tộc", "Ethnicity", "text", max_length=60),
    _f("nationality", "Quốc tịch", "Nationality", "text", max_length=60, default="Việt Nam"),
    _f("address", "Nơi cư trú", "Place of residence", "text", required=True, max_length=300, wide=True),
    _f("phone", "Điện thoại", "Phone", "phone"),
    _f("email", "Thư điện tử", "E-mail", "email"),
)

FIELD_GROUPS: Mapping[str, FieldGroup] = {
    "person.1": FieldGroup(Text("Cá nhân", "Person"), _PERSON),
    "organisation.1": FieldGroup(
        Text("Tổ chức, doanh nghiệp", "Organisation"),
        (
            _f("name", "Tên tổ chức", "Name", "text", required=True, max_length=300, wide=True),
            _f(
                "code",
                "Mã số doanh nghiệp, mã số thuế",
                "Organisation or tax code",
                "text",
                required=True,
                pattern=r"[0-9]{10}([\-][0-9]{3})?",
                hint=_t("10 chữ số, hoặc 10 chữ số - 3 chữ số", "10 digits, or 10 digits - 3 digits"),
            ),
            _f("representative", "Người đại diện theo pháp luật", "Legal representative", "text", **_NAME),
            _f("position", "Chức vụ", "Position", "text", max_length=120),
            _f(
                "address",
                "Địa chỉ trụ sở",
                "Registered address",
                "text",
                required=True,
                max_length=300,
                wide=True,
            ),
            _f("phone", "Điện thoại", "Phone", "phone"),
            _f("email", "Thư điện tử", "E-mail", "email"),
        ),
    ),
    "proxy.1": FieldGroup(
        Text("Người được ủy quyền", "Proxy"),
        (
            _f("full_name", "Họ và tên người được ủy quyền", "Full name of the proxy", "text", **_NAME),
            _f("id_no", "Số giấy tờ tùy thân", "Identification number", "id_no", required=True),
            _f(
                "relation", "Quan hệ với người nộp hồ sơ", "Relation to the applicant", "text", max_length=120
            ),
            _f(
                "paper",
                "Số, ngày giấy ủy quyền",
                "Authorisation paper",
                "text",
                required=True,
                max_length=200,
            ),
            _f("phone", "Điện thoại", "Phone", "phone"),
        ),
    ),
    "address.1": FieldGroup(
        Text("Địa chỉ", "Address"),
        (
            _f(
                "province_code",
                "Mã tỉnh, thành phố",
                "Province code",
                "text",
                required=True,
                pattern="[0-9]{2}",
                hint=_t("2 chữ số theo danh mục đơn vị hành chính", "2 digits of the national catalogue"),
            ),
            _f(
                "commune_code",
                "Mã xã, phường, đặc khu",
                "Commune code",
                "text",
                required=True,
                pattern="[0-9]{5}",
                hint=_t("5 chữ số theo danh mục đơn vị hành chính", "5 digits of the national catalogue"),
            ),
            _f(
                "street",
                "Số nhà, đường, ấp, khóm",
                "House, street, hamlet",
                "text",
                max_length=200,
                wide=True,
            ),
        ),
    ),
    "parcel.1": FieldGroup(
        Text("Thửa đất", "Land parcel"),
        (
            _f("map_sheet", "Tờ bản đồ số", "Map sheet", "integer", required=True, min=1),
            _f("no", "Thửa đất số", "Parcel number", "integer", required=True, min=1),
            _f(
                "area_m2",
                "Diện tích",
                "Area",
                "decimal",
                required=True,
                digits=1,
                unit="m²",
                min=0.1,
            ),
            _f("purpose", "Mục đích sử dụng", "Purpose of use", "text", max_length=60),
            _f("term", "Thời hạn sử dụng", "Term of use", "text", max_length=60),
            _f("origin", "Nguồn gốc sử dụng", "Origin of use", "text", max_length=200),
            _f("address", "Địa chỉ thửa đất", "Address of the parcel", "text", max_length=300, wide=True),
            _f("certificate_no", "Số giấy chứng nhận", "Certificate number", "text", max_length=60),
        ),
    ),
    "money.1": FieldGroup(
        Text("Số tiền", "Amount"),
        (_f("amount", "Số tiền", "Amount", "money", required=True, min=0),),
    ),
    "receive.1": FieldGroup(
        Text("Nhận kết quả", "How the result is received"),
        (
            _f(
                "method",
                "Hình thức nhận",
                "Way of receiving",
                "choice",
                required=True,
                default="counter",
                options=_options(
                    counter=("Tại Bộ phận Một cửa", "At the one-stop shop"),
                    post=("Qua bưu chính công ích", "By public post"),
                    electronic=("Bản điện tử", "Electronically"),
                ),
            ),
            _f("place", "Nơi nhận", "Place", "text", max_length=200, visible='{method} = "counter"'),
            _f(
                "postal_address",
                "Địa chỉ nhận bưu phẩm",
                "Postal address",
                "text",
                required=True,
                max_length=300,
                wide=True,
                visible='{method} = "post"',
            ),
        ),
    ),
    "consent.1": FieldGroup(
        Text("Đồng ý sử dụng dữ liệu", "Consent to the use of data"),
        (
            _f(
                "given",
                "Tôi đồng ý cho cơ quan sử dụng dữ liệu này để giải quyết hồ sơ",
                "I agree that the office uses these data for this dossier",
                "bool",
                check="{given} = true",
                check_message=_t("Cần người nộp đồng ý thì mới sử dụng được dữ liệu", "Consent is needed"),
                wide=True,
            ),
        ),
    ),
}


def expand(group: str, prefix: str, without: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the fields of a group as a form would write them, under names that begin with `prefix`.

    Raises:
        KeyError: If there is no such group.
    """
    kept = [one for one in FIELD_GROUPS[group].fields if one["name"] not in without]
    names = {one["name"]: prefix + one["name"] for one in FIELD_GROUPS[group].fields}
    return [_named(one, names) for one in kept]


def _named(field: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    found = {**field, "name": names[field["name"]]}
    for key in ("visible", "check", "computed"):
        if key in found:
            for name, full in names.items():
                found[key] = found[key].replace("{" + name + "}", full)
    return found
