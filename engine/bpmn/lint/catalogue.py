"""Every rule of the linter: its code, what it rests on, and one sentence of what it asks.

The law of a rule says how its finding is to be read:

    standard   BPMN 2.0.2 forbids it; the number is the clause
    engine     the standard allows it, but here it cannot be executed, or would get stuck
    office     the office's own part: who does a step, its form, its buttons
    advice     a slip of the pen more often than not

The codes are stable: filters, repairs and readers' notes are kept by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.lint.rules_standard import STANDARD_RULES
from engine.domain.texts import Text

STANDARD, ENGINE, OFFICE, ADVICE = "standard", "engine", "office", "advice"
LAWS = (STANDARD, ENGINE, OFFICE, ADVICE)
LAW_WORDS = {
    STANDARD: Text("chuẩn BPMN 2.0.2", "BPMN 2.0.2"),
    ENGINE: Text("hệ thống", "engine"),
    OFFICE: Text("cơ quan", "office"),
    ADVICE: Text("lời khuyên", "advice"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        clause: That of the standard, for rules of the standard.
        is_clear: Although the rule is broken, there is no doubt what is executed.
    """

    code: str
    law: str
    asks: Text
    clause: str = ""
    is_clear: bool = False


_ENGINE_RULES = """
xml: Tệp là XML trong giới hạn, không có DOCTYPE.|The file is XML within the bounds, without a DOCTYPE.
not-supported: Phần tử và thuộc tính thực thi được.|Elements and attributes can be executed.
foreign-execution: Không có phần thực thi của công cụ khác.|Nothing in it is executed by another tool only.
import: Phần được thực thi nằm trong một tệp.|All that is executed is in one file.
no-process: Có quy trình.|There is a process.
not-executable: Có quy trình được đánh dấu để thực thi.|A process is marked as executable.
participant-shared: Mỗi quy trình thuộc một bên.|A process belongs to one participant.
bad-count: Số lượt nằm trong giới hạn.|Numbers of runs are within the bounds.
call-missing: Bước gọi nói gọi quy trình nào.|A call activity says what it calls.
call-start: Quy trình được gọi có bắt đầu thường.|A called process has a plain start event.
call-recursion: Quy trình không tự gọi lại.|No process calls itself.
service-call: Không gọi dịch vụ ngoài.|No outside service is called.
loop-endless: Vòng lặp có điều kiện hoặc số lần.|A loop has a condition or a maximum.
multi-both: Nhiều lượt theo số hoặc theo danh sách.|Several instances by a number or by a list.
condition-empty: Điều kiện không để trống.|No condition is empty.
condition-missing: Mỗi lối ra của lựa chọn có điều kiện.|Every way out of a choice has a condition.
complex-activation: Cổng phức hợp gộp có điều kiện kích hoạt.|A merging complex gateway has its condition.
expression: Biểu thức là FEEL.|Expressions are FEEL.
function-unknown: Chỉ gọi hàm có thật.|Only functions that exist are called.
message-missing: Sự kiện và bước nêu thông điệp.|Events and tasks name their message.
signal-missing: Sự kiện nêu tín hiệu.|Events name their signal.
error-missing: Nơi phát lỗi nêu lỗi.|Who throws an error names it.
error-code: Lỗi được phát có mã.|A thrown error has a code.
escalation-missing: Nơi phát báo cáo vượt cấp nêu mã.|Who throws an escalation names it.
escalation-code: Báo cáo vượt cấp được phát có mã.|A thrown escalation has a code.
timer-time: Hẹn giờ có đúng một thời gian.|A timer has exactly one time.
timer-bad: Thời gian đúng ISO-8601 và trong giới hạn.|Times are ISO-8601 and within the bounds.
timer-haste: Chu kỳ không quá dày.|Cycles are not too hasty.
empty: Quy trình có bước.|A process has steps.
no-entry: Quy trình có bắt đầu và kết thúc.|A process has a start and an end.
unreachable: Mọi bước đi tới được.|Every node can be reached.
no-way-to-end: Mọi lối dẫn tới kết thúc.|Every way reaches an end.
cancel-uncaught: Giao dịch bị hủy có lối đi tiếp.|A cancelled transaction goes on somewhere.
caught-twice: Mỗi lỗi, báo cáo, hủy, bù trừ có một nơi bắt.|Errors, escalations, undoing: one catcher each.
gateway-circle: Vòng lặp đi qua ít nhất một bước.|A circle goes through a step.
compensation-unused: Việc bù trừ thuộc về một sự kiện.|A compensation activity belongs to an event.
compensation-nothing: Việc được bù trừ có cách bù trừ.|What is compensated has a compensation.
second-pool: Hồ sơ chạy quy trình đầu tiên của tệp.|A dossier runs the first process of its file.
message-keys: Số khóa ghép có giới hạn.|Correlation keys are within the bounds.
not-in-dossiers: Hồ sơ của cơ quan chạy được.|Dossiers of an office can run it.
"""
_OFFICE_RULES = """
step-name: Bước của người có tên.|A step of a person has a name.
step-role: Bước của người có vai trò.|A step of a person has a role.
step-unit-rule: Quy tắc giao việc là FEEL.|The rule for the unit of a step is FEEL.
text-formula: Phép tính trong câu là FEEL.|Formulas in texts are FEEL.
text-public: Câu cho công dân không lộ dữ liệu.|Texts for the public show no answers.
step-unit: Bước của người có đơn vị.|A step of a person has a unit.
step-hours: Bước của người có số giờ.|A step of a person has its hours.
step-unused: Thuộc tính của cơ quan đặt ở bước của người.|Attributes of the office stand at steps of persons.
decision-missing: Bước có nút bấm đặt tên biến.|A step with buttons names their variable.
decision-reserved: Tên biến không trùng từ dành riêng.|A variable has no reserved name.
decision-without-outcomes: Biến quyết định có nút bấm.|A variable of a choice has its buttons.
outcome-same-way: Các nút dẫn tới lối khác nhau.|Buttons lead different ways.
outcome-unhandled: Nút nào cũng có lối đi.|Every button leads somewhere.
outcome-unknown: Điều kiện chỉ hỏi nút có thật.|Conditions ask for existing buttons.
supplement-unreachable: Đi tới được bước chờ bổ sung.|The step for supplements can be reached.
rule-decision: Bước áp dụng quy tắc nêu quyết định và tên kết quả.|A rule task names its decision and result.
decision-unknown: Quyết định tồn tại.|The decision exists.
content-formula: Công thức của thủ tục là FEEL.|Formulas of the procedure are FEEL.
form-unknown: Biểu mẫu tồn tại.|The form exists.
hours-over-limit: Tổng giờ trong hạn giải quyết.|The hours fit the limit.
name-unknown: Điều kiện hỏi giá trị có thật.|Conditions ask for values that exist.
participant-unused: Đơn vị tham gia có việc.|Every participant has a step.
procedure-key: Sơ đồ đúng thủ tục.|The diagram is of its procedure.
role-unknown: Vai trò tồn tại.|The role exists.
step-unit-rule: Quy tắc giao việc đọc được.|A rule for a step's unit can be read.
message-field: Trường của thông điệp đọc được.|Fields of a message can be read.
unit-unknown: Đơn vị tồn tại.|The unit exists.
"""
_ADVICE_RULES = """
no-id: Mỗi bước có mã.|Every node has an id.
import-unread: Tệp nhập vào không được tải.|Imported files are not fetched.
expression-language: Biểu thức ghi ngôn ngữ FEEL.|Expressions say FEEL.
message-name: Thông điệp có tên.|Messages have names.
message-twice: Tên thông điệp không trùng.|Names of messages differ.
signal-name: Tín hiệu có tên.|Signals have names.
signal-twice: Tên tín hiệu không trùng.|Names of signals differ.
message-alone: Thông điệp có bên kia.|A message has its other side.
message-unused: Cài đặt thông điệp đặt ở nơi gửi, nhận.|Settings of messages stand where one is exchanged.
expression-foreign: Biểu thức viết bằng FEEL.|Expressions are written in FEEL.
implicit-join: Nhánh song song gặp nhau ở cổng.|Parallel branches meet at a gateway.
implicit-split: Rẽ nhánh ở cổng.|Branches part at a gateway.
together-alone: Chờ mọi sự kiện thì có từ hai sự kiện.|What waits for all its events has two at least.
drawn-mark: Dấu của hình đúng chỗ.|Marks of a shape stand where they mean something.
"""


def _read(law: str, written: str) -> list[Rule]:
    found = []
    for line in written.strip().splitlines():
        head, _, asks = line.partition(": ")
        code, _, clause = head.partition(" ")
        vi, _, en = asks.partition("|")
        found.append(Rule(code, law, Text(vi, en), clause.rstrip("~"), clause.endswith("~")))
    return found


CATALOGUE: Mapping[str, Rule] = {
    rule.code: rule
    for law, written in (
        (STANDARD, STANDARD_RULES),
        (ENGINE, _ENGINE_RULES),
        (OFFICE, _OFFICE_RULES),
        (ADVICE, _ADVICE_RULES),
    )
    for rule in _read(law, written)
}


def law_of(code: str) -> str:
    """Return the law of a rule; the parser's own last word is the engine's, the namespace's the office's."""
    if code in CATALOGUE:
        return CATALOGUE[code].law
    return OFFICE if code.startswith("mc-") else ENGINE


def clause_of(code: str) -> str:
    """Return the clause of the standard that a rule rests on, "" for other laws."""
    return CATALOGUE[code].clause if code in CATALOGUE else ""
