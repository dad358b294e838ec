"""The whole table, by element name, and why an attribute is not executed.

The elements of the diagram interchange, which only draw, are not in it: all are carried.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.bpmn.lint.rows_around import AROUND_ROWS
from engine.bpmn.lint.rows_flow import FLOW_ROWS
from engine.bpmn.lint.table import Row, bilingual, index
from engine.domain.texts import Text

TABLE: Mapping[str, Row] = index((*FLOW_ROWS, *AROUND_ROWS))

_SERVICE = "Không bước nào gọi dịch vụ bên ngoài.|No step calls an outside service."
_TYPE = "Kiểu dữ liệu do biểu mẫu quy định.|Types of values are those of the forms."
_PICTURE = "Chỉ để người đọc hiểu hình vẽ.|For readers of the picture only."

# By attribute name: in BPMN the same name means the same everywhere it appears.
ATTRIBUTE_REASONS: Mapping[str, Text] = {
    name: bilingual(reason)
    for names, reason in (
        ("implementation operationRef implementationRef inputDataRef outputDataRef", _SERVICE),
        ("itemSubjectRef isCollection itemRef structureRef evaluatesToTypeRef type itemKind", _TYPE),
        ("scriptFormat scriptLanguage", "Mã lệnh trong sơ đồ không được chạy.|Code in a diagram is not run."),
        ("language expressionLanguage", "Biểu thức luôn được đọc bằng FEEL.|Expressions are always FEEL."),
        ("typeLanguage", _TYPE),
        ("targetNamespace exporter exporterVersion", "Nói về tệp, không về quy trình.|About the file."),
        ("gatewayDirection", "Hướng của cổng thấy ở các mũi tên; phải khớp.|Must agree with the flows."),
        ("eventGatewayType", "Chỉ chờ được một trong các sự kiện.|Only one of the events is waited for."),
        (
            "isImmediate",
            "Giữa hai bước nối nhau không có bước nào khác.|Nothing happens between the ends of a flow.",
        ),
        (
            "method",
            "Giao dịch chỉ hủy được bằng bù trừ.|A transaction is cancelled by compensation only.",
        ),
        (
            "processType isClosed",
            "Nói quy trình dùng để làm gì; không đổi cách chạy.|Does not change how it runs.",
        ),
        ("mustUnderstand", "Phần mở rộng bắt buộc phải hiểu được.|An extension that must be understood."),
    )
    for name in names.split()
}
PICTURE: Text = bilingual(_PICTURE)


def attribute_reason(name: str) -> Text:
    """Return why an attribute is carried or refused."""
    return ATTRIBUTE_REASONS.get(name, PICTURE)
