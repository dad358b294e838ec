"""Templates of papers with their dates, and the papers made of them. What papers say is not shown here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from admin.commands import NEW, Command, Field
from admin.views.base import OfficeView, lazy
from engine.documents.catalogue import forms
from engine.domain.texts import Text
from engine.store.document_rows import DocumentRow, SigningKeyRow, TemplateRow
from engine.store.work import Unit
from engine.usecases import paper_settings


def _add_template(unit: Unit, _key: str, values: Mapping[str, Any]) -> Text:
    paper_settings.add_template(unit, **{name: value or "" for name, value in values.items()})
    return Text(
        "Đã lưu mẫu mới; mẫu cũ vẫn dùng đến hết ngày trước đó.", "Kept; the old one holds until then."
    )


def _assign_key(unit: Unit, _key: str, values: Mapping[str, Any]) -> Text:
    paper_settings.assign_key(unit, **{name: value or "" for name, value in values.items()})
    return Text("Đã gắn khóa ký.", "The key is assigned.")


def _end_key(unit: Unit, key: str, values: Mapping[str, Any]) -> Text:
    paper_settings.end_key(unit, int(key), values["reason"])
    return Text("Khóa này không ký được nữa.", "This key signs no more.")


class TemplateView(OfficeView):
    about = Text(
        "Mẫu văn bản theo từng thời kỳ; mẫu mới không sửa mẫu cũ, chỉ thay từ ngày có hiệu lực.",
        "Templates with their dates; a new one never changes an old one, it takes over from its day on.",
    )
    column_list = ("form_code", "version_name", "unit_id", "effective_from", "effective_to", "shipped")
    column_details_list = (
        "form_code", "version_name", "unit_id", "kind", "effective_from", "effective_to", "shipped", "source",
        "note", "added_at", "hash", "content",
    )  # fmt: skip
    column_sortable_list = ("form_code", "effective_from")
    column_default_sort = ("effective_from", True)
    column_labels = {
        "form_code": lazy("Mẫu", "Form"),
        "version_name": lazy("Phiên bản", "Version"),
        "unit_id": lazy("Đơn vị số", "Unit number"),
        "kind": lazy("Loại", "Kind"),
        "effective_from": lazy("Từ ngày", "From"),
        "effective_to": lazy("Đến ngày", "To"),
        "shipped": lazy("Có sẵn", "Shipped"),
        "source": lazy("Căn cứ", "Source"),
        "note": lazy("Ghi chú", "Note"),
        "added_at": lazy("Thêm lúc", "Added"),
        "hash": lazy("Mã băm", "Hash"),
        "content": lazy("Nội dung", "Content"),
    }

    commands = (
        Command(
            name="add",
            label=Text("Thêm mẫu mới", "Add a newer template"),
            on=NEW,
            run=_add_template,
            fields=(
                Field(
                    name="form_code",
                    label=Text("Mẫu", "Form"),
                    kind="choice",
                    options=lambda _session: [
                        (one.code, f"{one.code} {one.title}") for one in forms().values()
                    ],
                ),
                Field(name="version_name", label=Text("Phiên bản", "Version")),
                Field(name="effective_from", label=Text("Có hiệu lực từ", "Holds from"), kind="date"),
                Field(
                    name="unit_code",
                    label=Text("Chỉ cho đơn vị (mã)", "Only for the unit (code)"),
                    needed=False,
                ),
                Field(name="source", label=Text("Văn bản quyết định", "Deciding document"), needed=False),
                Field(name="content", label=Text("Nội dung HTML", "HTML content"), kind="long"),
            ),
        ),
    )

    def title_of(self, model: TemplateRow) -> str:
        return str(model)


class SigningKeyView(OfficeView):
    about = Text(
        "Khóa ký số của người và đơn vị. Khóa ở thư mục MOTCUA_KEYS hoặc thiết bị; đây chỉ ghi tên.",
        "Signing keys of people and offices. Keys are in MOTCUA_KEYS or on a device; only names are here.",
    )
    column_list = ("label", "kind", "user_id", "unit_id", "added_at", "ended_at")
    column_details_list = ("label", "kind", "user_id", "unit_id", "added_at", "ended_at")
    column_sortable_list = ("label", "added_at")
    column_default_sort = "label"
    column_labels = {
        "label": lazy("Tên khóa", "Label"),
        "kind": lazy("Loại", "Kind"),
        "user_id": lazy("Tài khoản số", "Account number"),
        "unit_id": lazy("Đơn vị số", "Unit number"),
        "added_at": lazy("Gắn lúc", "Assigned"),
        "ended_at": lazy("Hết dùng lúc", "Ended"),
    }
    commands = (
        Command(
            name="assign",
            label=Text("Gắn khóa ký", "Assign a signing key"),
            explain=Text("Khóa trước của người hoặc đơn vị đó hết dùng.", "Their former key ends."),
            on=NEW,
            run=_assign_key,
            fields=(
                Field(
                    name="kind",
                    label=Text("Loại", "Kind"),
                    kind="choice",
                    options=lambda _session: [("soft", "soft (.p12)"), ("pkcs11", "PKCS#11")],
                ),
                Field(
                    name="label",
                    label=Text("Tên khóa", "Label"),
                    hint=Text("Tên tệp không có .p12, hoặc TÊN_TOKEN/TÊN_KHÓA", "File name, or TOKEN/KEY"),
                ),
                Field(name="login", label=Text("Của người (tên đăng nhập)", "Person (login)"), needed=False),
                Field(name="unit_code", label=Text("Hoặc của đơn vị (mã)", "Or office (code)"), needed=False),
            ),
        ),
        Command(
            name="end",
            label=Text("Thu hồi khóa", "Withdraw the key"),
            tone="danger",
            run=_end_key,
            may=lambda row: row.ended_at is None,
            fields=(Field(name="reason", label=Text("Lý do", "Reason"), kind="long"),),
        ),
    )

    def title_of(self, model: SigningKeyRow) -> str:
        return model.label


class DocumentView(OfficeView):
    about = Text(
        "Văn bản đã lập: số, mẫu, mã băm, số lần in. Nội dung xem ở trang hồ sơ.",
        "Papers made: number, form, hash, prints. What they say stands on the page of the dossier.",
    )
    column_list = ("made_at", "dossier", "form_code", "number_text", "prints", "sha256")
    column_details_list = (
        "made_at", "dossier", "form_code", "title", "number_text", "book", "period", "prints", "sha256",
        "pdf_sha256", "pdf_size", "template",
    )  # fmt: skip
    column_sortable_list = ("made_at", "form_code")
    column_default_sort = ("made_at", True)
    column_labels = {
        "made_at": lazy("Lập lúc", "Made"),
        "dossier": lazy("Hồ sơ", "Dossier"),
        "form_code": lazy("Mẫu", "Form"),
        "title": lazy("Tên", "Title"),
        "number_text": lazy("Số", "Number"),
        "book": lazy("Sổ", "Book"),
        "period": lazy("Năm", "Year"),
        "prints": lazy("Số lần in", "Prints"),
        "sha256": lazy("Mã băm", "Hash"),
        "pdf_sha256": lazy("Mã băm PDF", "Hash of the PDF"),
        "pdf_size": lazy("Cỡ PDF (byte)", "Size of the PDF (bytes)"),
        "template": lazy("Lập theo mẫu", "By template"),
    }

    def title_of(self, model: DocumentRow) -> str:
        return str(model)
