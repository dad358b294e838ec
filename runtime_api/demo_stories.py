"""The dossiers of the demo province as stories: who came when, and what the offices did, in working hours.

Nothing here is a date: a story begins so many working days before today, so lists always look like those of
an office that is at work. Acts that would lie in the future are simply not done yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SUPPLEMENT = "Bản vẽ mặt cắt móng chưa ghi kích thước; thiếu bản sao giấy chứng nhận quyền sử dụng đất."
REFUSAL = "Vị trí xin xây dựng nằm trong hành lang bảo vệ kênh theo quy hoạch đã được phê duyệt."
REASON = {  # outcome → the reason that people give
    "supplement": SUPPLEMENT,
    "refuse": REFUSAL,
    "mismatch": "Khoảng lùi ngoài thực địa 1,2 m, bản vẽ ghi 2,0 m.",
    "rework": "Nêu rõ chỉ giới đường đỏ theo bản đồ địa chính mới.",
    "not_copyable": "Bản chính bị tẩy xóa tại trang 2.",
    "withdraw": "Chủ đầu tư thay đổi thiết kế, sẽ nộp hồ sơ mới.",
    "stop": "Thửa đất đang có tranh chấp, tòa án đã thụ lý.",
}
GROUND = "Luật Xây dựng 50/2014/QH13, điều 91"

# node:outcome:hours — the step is finished that many working hours after the act before it
TO_SITE = "T2:assign:1 T3:pass:7 T5a:done:8 T4:match:9"
TO_DRAFT = f"{TO_SITE} T6:grant:5"
TO_SIGNED = f"{TO_DRAFT} T7:approve:3 T8:sign:3"
TO_RESULT = f"{TO_SIGNED} T9:issue:1"
RETURNED = f"{TO_RESULT} T10:handed_over:6"
ASKED = "T2:assign:1 T3:supplement:6 T3b:approve:2"
REFUSED = "T2:assign:1 T3:refuse:9 TR:refuse:4 T7:approve:3 T8:sign:3 T9r:issue:1"
COPIED = "T2:valid:0.5 T3:sign:1 T4:sealed:0.5"

SMALL_HOUSE = {
    "parcel_area": "200",
    "build_area": "92,5",
    "total_floor": "185",
    "height": "7,8",
    "storeys": "2",
}
TALL_HOUSE = {
    "parcel_area": "150",
    "build_area": "88",
    "total_floor": "264",
    "height": "11,4",
    "storeys": "3",
    "designer": "Công ty TNHH Kiến trúc Đất Mũi",
    "designer_certificate": "CMA-00012345",
}
WAREHOUSE = {
    "work_type": "civil",
    "work_class": "III",
    "parcel_area": "1.850",
    "build_area": "920",
    "total_floor": "1.240",
    "height": "10,5",
    "storeys": "2",
    "designer": "Công ty CP Tư vấn xây dựng Năm Căn",
    "designer_certificate": "CMA-00020202",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One dossier. `days`: working days before today; `place` and `clerk`: where and who received it."""

    days: int
    at: str
    procedure: str
    place: str
    clerk: str
    name: str
    address: str
    acts: str = ""
    kind: int = 0
    data: Mapping[str, str] = field(default_factory=dict)
    components: tuple[str, ...] = ("C1", "C2", "C3")


def _permit(days: int, at: str, name: str, place: str, acts: str = "", **more: object) -> Story:
    data = {
        "work_type": "detached_house",
        "work_class": "IV",
        "on_fire_list": "0",
        "parcel_no": str(100 + days * 7),
        "map_sheet": str(3 + days),
        "parcel_address": place,
        "consent": "1",
        **SMALL_HOUSE,
        **more.pop("data", {}),  # type: ignore[dict-item]
    }
    components = ["C1", "C2", "C3"]
    components += ["C5"] if data["on_fire_list"] == "1" else []
    components += ["C7"] if data.get("heritage_zone") == "1" else []
    clerk = "mai.lt" if days % 3 else "nhi.ty"
    return Story(
        days=days,
        at=at,
        procedure="P03",
        place="ttpvhcc",
        clerk=clerk,
        name=name,
        address=f"{place}, tỉnh Cà Mau",
        acts=acts,
        data=data,
        components=tuple(components),
        **more,  # type: ignore[arg-type]
    )


def _copies(days: int, at: str, office: str, clerk: str, name: str, title: str, acts: str = "") -> Story:
    return Story(
        days=days,
        at=at,
        procedure="P07",
        place=office,
        clerk=clerk,
        name=name,
        address="tỉnh Cà Mau",
        acts=acts,
        data={"doc_title": title, "pages": str(1 + days % 4), "copies": str(2 + days % 3), "consent": "1"},
        components=("C1",),
    )


PERMITS = (
    _permit(24, "07:40", "Nguyễn Văn Tám", "ấp 3, xã Năm Căn", RETURNED),
    _permit(22, "08:15", "Trần Thị Bé Ba", "ấp Cái Nai, xã Năm Căn", RETURNED),
    _permit(21, "09:30", "Lâm Quốc Dũng", "khóm 5, phường An Xuyên", RETURNED, data=TALL_HOUSE),
    _permit(
        20,
        "10:05",
        "Công ty TNHH Thủy sản Mũi Cà Mau",
        "ấp Kinh Mới, xã Đất Mũi",
        "T2:assign:1 T3:pass:7 T5b:agree:6 T5a:done:3 T4:match:9 T6:grant:5 T7:approve:3 T8:sign:3 "
        "T9:issue:1 T10:handed_over:6",
        kind=1,
        data={**WAREHOUSE, "on_fire_list": "1"},
    ),
    _permit(
        19,
        "13:20",
        "Huỳnh Thị Ngọc Ánh",
        "ấp 7, xã Tân Thuận",
        "T2:assign:3 T3:pass:26 T5a:done:19 T4:match:18 T6:grant:14 T7:approve:6 T8:sign:6 "
        "T9:issue:2 T10:handed_over:4",
    ),
    _permit(18, "08:50", "Phạm Hữu Nghĩa", "ấp Vàm Đầm, xã Đất Mũi", f"{REFUSED} T10:handed_over:5"),
    _permit(
        17,
        "14:10",
        "Đặng Thị Thu Hà",
        "khóm 2, phường An Xuyên",
        f"{ASKED} TS:received:18 T3:pass:5 T5a:done:7 T4:match:8 T6:grant:5 T7:approve:2 T8:sign:3 "
        "T9:issue:1 T10:handed_over:7",
    ),
    _permit(16, "07:55", "Lê Hoàng Sơn", "ấp 1, xã Năm Căn", REFUSED),
    _permit(15, "09:10", "Võ Minh Tân", "ấp 4, xã Năm Căn", "T2:assign:1 T3:pass:8 withdraw::5"),
    _permit(14, "10:40", "Trương Thị Mỹ Lệ", "ấp Xóm Lớn, xã Tân Thuận", "T2:assign:2 stop::12"),
    _permit(13, "08:05", "Ngô Văn Út", "ấp 6, xã Năm Căn", "T2:assign:2 T3:pass:20 T5a:done:16 T4:match:20"),
    _permit(12, "15:30", "Cao Thị Hồng Nhung", "ấp Rạch Gốc, xã Đất Mũi", "T2:assign:5"),
    _permit(11, "09:45", "Bùi Chí Hiếu", "khóm 8, phường An Xuyên", ASKED),
    _permit(10, "07:35", "Tô Thanh Tuyền", "ấp Bà Thanh, xã Tân Thuận", TO_DRAFT, data=TALL_HOUSE),
    _permit(10, "13:50", "Hồ Thị Kim Chi", "ấp 2, xã Năm Căn", TO_SIGNED),
    _permit(
        9,
        "08:25",
        "Dương Văn Khởi",
        "ấp Tắc Biển, xã Năm Căn",
        f"{ASKED} TS:received:10 T3:supplement:5 T3b:approve:2",
    ),
    _permit(9, "10:15", "Kiều Thị Diễm My", "khóm 1, phường An Xuyên", f"{TO_DRAFT} T7:approve:3"),
    _permit(8, "09:05", "Mai Văn Đệ", "ấp Cây Dương, xã Đất Mũi", TO_RESULT),
    _permit(
        3,
        "08:40",
        "Hợp tác xã Nuôi tôm Tân Tiến",
        "ấp Tân Tiến, xã Tân Thuận",
        "T2:assign:1 T3:pass:6 T5a:done:7",
        kind=1,
        data={**WAREHOUSE, "on_fire_list": "1"},
    ),
    _permit(
        4,
        "14:35",
        "Ban Quản trị đình Tân Thuận",
        "ấp Chợ, xã Tân Thuận",
        "T2:assign:1 T3:pass:6 T5a:done:9",
        kind=1,
        data={"work_type": "monument", "work_class": "III", "heritage_zone": "1", **TALL_HOUSE},
    ),
    _permit(5, "07:50", "Thái Thị Bích Liên", "ấp 5, xã Năm Căn", "T2:assign:1 T3:pass:8 T5a:done:9"),
    _permit(4, "09:20", "Nguyễn Hoàng Phi", "khóm 4, phường An Xuyên", "T2:assign:2 T3:pass:9"),
    _permit(3, "13:15", "Lương Thị Cẩm Tú", "ấp Rạch Tàu, xã Đất Mũi", "T2:assign:1 T3:supplement:8"),
    _permit(2, "08:30", "Trịnh Công Danh", "ấp 8, xã Năm Căn", "T2:assign:3"),
    _permit(2, "10:50", "Phan Thị Tuyết Mai", "khóm 6, phường An Xuyên", "T2:assign:2 T3:claim:1"),
    _permit(1, "14:05", "Đỗ Hữu Lợi", "ấp Nhà Luận, xã Tân Thuận", "T2:assign:2"),
    _permit(1, "15:40", "Sơn Thị Sa Rây", "ấp 3, xã Tân Thuận"),
    _permit(0, "07:20", "Quách Văn Thắng", "ấp 2, xã Đất Mũi"),
)

COPIES = (
    _copies(
        12,
        "08:00",
        "nam-can",
        "my.nk",
        "Lê Thị Thúy An",
        "Bằng tốt nghiệp THPT",
        f"{COPIED} T5:handed_over:1",
    ),
    _copies(
        11, "09:15", "nam-can", "my.nk", "Trần Văn Đông", "Giấy khai sinh", f"{COPIED} T5:handed_over:0.5"
    ),
    _copies(
        10, "13:30", "dat-mui", "diem.ct", "Nguyễn Thị Lụa", "Sổ hộ khẩu cũ", f"{COPIED} T5:handed_over:1"
    ),
    _copies(
        9, "07:45", "tan-thuan", "be.tv", "Phạm Văn Cảnh", "Giấy phép lái xe", f"{COPIED} T5:handed_over:2"
    ),
    _copies(
        8,
        "10:20",
        "thanh-phu",
        "giau.pv",
        "Hứa Thị Nga",
        "Giấy chứng nhận kết hôn",
        f"{COPIED} T5:handed_over:1",
    ),
    _copies(
        7,
        "08:35",
        "nam-can",
        "my.nk",
        "Vưu Minh Trí",
        "Hợp đồng thuê đất",
        "T2:not_copyable:1 TR:refuse:0.5 T3r:sign:1 T4r:issue:0.5 T5r:handed_over:1",
    ),
    _copies(6, "14:25", "dat-mui", "diem.ct", "Châu Văn Mến", "Căn cước công dân", "T2:valid:6 T3:sign:5"),
    _copies(5, "09:40", "tan-thuan", "be.tv", "Lý Thị Hường", "Học bạ THCS", f"{COPIED} T5:handed_over:1"),
    _copies(4, "10:10", "thanh-phu", "giau.pv", "Danh Sóc Kha", "Giấy xác nhận độc thân"),
    _copies(3, "08:20", "nam-can", "my.nk", "Nguyễn Thị Hạnh", "Bảng điểm đại học", COPIED),
    _copies(
        2, "13:10", "nam-can", "my.nk", "Tạ Quang Minh", "Chứng chỉ hành nghề", f"{COPIED} T5:handed_over:1"
    ),
    _copies(1, "15:20", "dat-mui", "diem.ct", "Lâm Thị Thắm", "Giấy khai sinh", "T2:valid:1"),
    _copies(0, "07:30", "nam-can", "my.nk", "Ong Thị Kiều", "Sổ bảo hiểm xã hội", "T2:valid:0.5"),
    _copies(0, "07:50", "nam-can", "my.nk", "Trần Chí Công", "Bằng cử nhân"),
)

STORIES = (*PERMITS, *COPIES)
