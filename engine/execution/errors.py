"""Why a step cannot be taken. Whoever gets one still holds the state from before: nothing has changed."""

from __future__ import annotations

from engine.errors import Conflict, Invalid, Refused


class NoFlowHolds(Refused):
    """No condition holds and there is no default flow: the diagram has a gap."""

    code = "no_flow_holds"
    vi = "Quy trình dừng ở “{element}”: không nhánh nào đúng điều kiện và không có nhánh mặc định."
    en = "The procedure stops at “{element}”: no condition holds and there is no default flow."


class NotBoolean(Refused):
    """A condition gave something that is neither true nor false."""

    code = "not_boolean"
    vi = "Điều kiện “{text}” tại “{element}” phải cho kết quả đúng hoặc sai; đang cho {found}."
    en = "The condition “{text}” at “{element}” must be true or false; it is {found}."


class EndlessLoop(Refused):
    """The diagram goes round without ever waiting for anybody."""

    code = "endless_loop"
    vi = "Quy trình chạy vòng mãi không dừng, lần cuối qua “{element}”; cần một bước chờ trong vòng lặp."
    en = "The procedure goes round without resting, last through “{element}”; the loop needs a waiting step."


class TooManyInstances(Refused):
    """The number of instances of a multi-instance activity is not a number from 0 to 500."""

    code = "too_many_instances"
    vi = "Số lần thực hiện bước “{element}” phải từ 0 đến {most}; {shown}."
    en = "The number of instances of “{element}” must be from 0 to {most}; {shown_en}."


class NothingWaits(Conflict):
    """What came from outside finds nothing that waits for it: completed, withdrawn or never begun."""

    code = "nothing_waits"
    vi = "Không còn chỗ nào trong quy trình đang chờ việc này ({what}); có thể đã được xử lý trước đó."
    en = "Nothing in the procedure waits for this any more ({what}); it may have been dealt with already."


class NotRunning(Refused):
    """The instance has ended."""

    code = "not_running"
    vi = "Quy trình đã kết thúc."
    en = "The procedure has ended."


class CannotStart(Refused):
    """The process does not exist, or does not begin by itself."""

    code = "cannot_start"
    vi = "Không bắt đầu được quy trình “{process}”: {why_vi}"
    en = "The process “{process}” cannot be started: {why}"


class CancelUncaught(Refused):
    """A transaction is cancelled, but nothing is drawn for that case."""

    code = "cancel_uncaught"
    vi = "Giao dịch “{element}” bị hủy nhưng sơ đồ không có sự kiện hủy ở biên để đi tiếp."
    en = "The transaction “{element}” is cancelled, but has no cancel boundary event to go on from."


class WorkGoesOn(Refused):
    """A sub-process in which people choose what is done cannot end while something of it is being done."""

    code = "work_goes_on"
    vi = "“{element}” chưa kết thúc được: trong đó còn việc đang làm. Hãy làm xong các việc đó trước."
    en = "“{element}” cannot end yet: work inside it is still going on. Finish that first."


class BadState(Invalid):
    """A stored state cannot be used: of another version, or damaged."""

    code = "bad_state"
    vi = "Trạng thái quy trình đã lưu không đọc được ({found}); cần người quản trị xem lại."
    en = "The stored state of the procedure cannot be read ({found}); an administrator must look at it."


class Stuck(Refused):
    """Nothing can happen any more, although the instance has not ended."""

    code = "stuck"
    vi = "Quy trình đứng lại ở “{what}”: chờ một nhánh không bao giờ tới."
    en = "The procedure is stuck at “{what}”: it waits for a branch that never comes."


class TooManySteps(Refused):
    """A run took more steps than its caller allowed."""

    code = "too_many_steps"
    vi = "Đã chạy quá số bước cho phép mà quy trình chưa dừng."
    en = "The run took more steps than allowed without coming to its end."
