"""The table, first part: what a token meets. Activities, gateways, events, flows, loops."""

from __future__ import annotations

from engine.bpmn.lint.table import (
    ACTIVITY,
    BASE,
    CARRIED,
    EXECUTED,
    EXPRESSION,
    GATEWAY,
    NAMED,
    REFUSED,
    row,
)

FLOW_ROWS = (
    # --- activities -------------------------------------------------------------------------
    row(
        "task", "bước|task", EXECUTED,
        "Mở một việc chờ người làm.|Opens a work item that waits for a person.",
        "@containers", ACTIVITY,
    ),
    row(
        "userTask", "bước|user task", EXECUTED,
        "Mở một việc chờ người làm.|Opens a work item that waits for a person.",
        "@containers", f"{ACTIVITY} ~implementation:free",
    ),
    row(
        "manualTask", "bước thủ công|manual task", EXECUTED,
        "Mở một việc chờ người làm.|Opens a work item that waits for a person.",
        "@containers", ACTIVITY,
    ),
    row(
        "serviceTask", "bước tự động|service task", EXECUTED,
        "Không gắn dịch vụ thì hoàn thành ngay.|Without an implementation it completes at once.",
        "@containers", f"{ACTIVITY} implementation:free -operationRef:ref(operation)",
    ),
    row(
        "scriptTask", "bước chạy mã lệnh|script task", REFUSED,
        "Mã lệnh trong sơ đồ không được chạy: hãy dùng điều kiện, biểu mẫu hoặc một bước của người."
        "|Code in a diagram is not run: use a condition, a form or a person's step.",
        "@containers", f"{ACTIVITY} -scriptFormat:text",
    ),
    row(
        "businessRuleTask", "bước áp dụng quy tắc|business rule task", EXECUTED,
        "Tính quyết định nêu ở mc:decide, ghi kết quả vào mc:decideInto."
        "|Asks the decision of mc:decide and keeps its result as mc:decideInto.",
        "@containers", f"{ACTIVITY} ~implementation:free",
    ),
    row(
        "sendTask", "bước gửi thông điệp|send task", EXECUTED,
        "Gửi thông điệp rồi đi tiếp.|Sends its message and goes on.",
        "@containers",
        f"{ACTIVITY} ~implementation:free messageRef:ref(message) ~operationRef:ref(operation)",
    ),
    row(
        "receiveTask", "bước nhận thông điệp|receive task", EXECUTED,
        "Chờ thông điệp.|Waits for its message.",
        "@containers",
        f"{ACTIVITY} ~implementation:free instantiate:bool messageRef:ref(message) "
        "~operationRef:ref(operation)",
    ),
    row(
        "callActivity", "bước gọi quy trình|call activity", EXECUTED,
        "Chạy quy trình hoặc việc dùng chung trong cùng tệp."
        "|Runs another process or global task of the same file.",
        "@containers", f"{ACTIVITY} calledElement:ref(callable)",
    ),
    row(
        "subProcess", "quy trình con|sub-process", EXECUTED,
        "Chạy các bước bên trong.|Runs the steps inside it.",
        "@containers", f"{ACTIVITY} triggeredByEvent:bool",
    ),
    row(
        "transaction", "giao dịch|transaction", EXECUTED,
        "Như quy trình con; khi hủy thì bù trừ các bước đã xong."
        "|Like a sub-process; a cancellation compensates what was done.",
        "@containers", f"{ACTIVITY} triggeredByEvent:bool method:choice(##Compensate/-##Image/-##Store/-*)",
    ),
    row(
        "adHocSubProcess", "nhóm việc tùy ý|ad-hoc sub-process", EXECUTED,
        "Các việc bên trong làm theo thứ tự bất kỳ; mc:begin=\"chosen\" thì chờ người chọn."
        "|The activities inside are done in any order; with mc:begin=\"chosen\" a person chooses each.",
        "@containers",
        f"{ACTIVITY} triggeredByEvent:bool cancelRemainingInstances:bool "
        "ordering:choice(Parallel/Sequential)",
    ),
    # --- loops ------------------------------------------------------------------------------
    row(
        "standardLoopCharacteristics", "vòng lặp|loop", EXECUTED,
        "Lặp khi điều kiện còn đúng.|Repeats while its condition holds.",
        "@activities", f"{BASE} testBefore:bool loopMaximum:int",
    ),
    row(
        "loopCondition", "điều kiện lặp|loop condition", EXECUTED,
        "Biểu thức FEEL.|A FEEL expression.", "standardLoopCharacteristics", EXPRESSION,
    ),
    row(
        "multiInstanceLoopCharacteristics", "nhiều lượt|multi-instance", EXECUTED,
        "Chạy một lượt cho mỗi phần tử hoặc đủ số lượt.|Runs once per item, or so many times.",
        "@activities",
        f"{BASE} isSequential:bool behavior:choice(None/One/All/Complex) "
        "oneBehaviorEventRef:ref(definition) noneBehaviorEventRef:ref(definition)",
    ),
    row(
        "loopCardinality", "số lượt|loop cardinality", EXECUTED,
        "Biểu thức FEEL cho một số.|A FEEL expression giving a number.",
        "multiInstanceLoopCharacteristics", EXPRESSION,
    ),
    row(
        "loopDataInputRef", "danh sách để lặp|collection", EXECUTED,
        "Tên của danh sách trong dữ liệu hồ sơ.|The name of a list in the dossier's data.",
        "multiInstanceLoopCharacteristics", text="free",
    ),
    row(
        "inputDataItem", "tên phần tử|input item", EXECUTED,
        "Tên mà mỗi lượt đọc phần tử của mình.|The name under which each run reads its item.",
        "multiInstanceLoopCharacteristics",
        f"{NAMED} ~itemSubjectRef:ref(itemDefinition) ~isCollection:bool",
    ),
    row(
        "loopDataOutputRef", "danh sách kết quả|output collection", EXECUTED,
        "Gom kết quả từng lượt, theo thứ tự phần tử."
        "|Gathers the results of the runs in the order of their items.",
        "multiInstanceLoopCharacteristics", text="free",
    ),
    row(
        "outputDataItem", "kết quả một lượt|output item", EXECUTED,
        "Tên của kết quả mỗi lượt.|The name of the result of each run.",
        "multiInstanceLoopCharacteristics",
        f"{NAMED} ~itemSubjectRef:ref(itemDefinition) ~isCollection:bool",
    ),
    row(
        "completionCondition", "điều kiện kết thúc|completion condition", EXECUTED,
        "Biểu thức FEEL.|A FEEL expression.",
        "multiInstanceLoopCharacteristics adHocSubProcess", EXPRESSION,
    ),
    row(
        "complexBehaviorDefinition", "sự kiện theo điều kiện|complex behaviour", EXECUTED,
        "Phát sự kiện khi điều kiện đúng.|Throws its event when its condition holds.",
        "multiInstanceLoopCharacteristics", BASE,
    ),
    row(
        "event", "sự kiện của lượt|event of a run", EXECUTED,
        "Phát ra cho sự kiện biên của bước.|Thrown to the boundary events of the activity.",
        "complexBehaviorDefinition", NAMED,
    ),
    # --- gateways ---------------------------------------------------------------------------
    row(
        "exclusiveGateway", "cổng rẽ nhánh|exclusive gateway", EXECUTED,
        "Chọn một đường theo điều kiện.|Takes one way by its conditions.",
        "@containers", f"{GATEWAY} default:ref(flow)",
    ),
    row(
        "inclusiveGateway", "cổng bao gồm|inclusive gateway", EXECUTED,
        "Đi mọi đường có điều kiện đúng, chờ đủ các đường đã đi."
        "|Takes every way whose condition holds, waits for all that were taken.",
        "@containers", f"{GATEWAY} default:ref(flow)",
    ),
    row(
        "parallelGateway", "cổng song song|parallel gateway", EXECUTED,
        "Đi mọi đường, chờ đủ mọi đường.|Takes every way, waits for every way.",
        "@containers", GATEWAY,
    ),
    row(
        "complexGateway", "cổng phức hợp|complex gateway", EXECUTED,
        "Chờ theo điều kiện kích hoạt.|Waits by its activation condition.",
        "@containers", f"{GATEWAY} default:ref(flow)",
    ),
    row(
        "activationCondition", "điều kiện kích hoạt|activation condition", EXECUTED,
        "Biểu thức FEEL.|A FEEL expression.", "complexGateway", EXPRESSION,
    ),
    row(
        "eventBasedGateway", "cổng chờ sự kiện|event-based gateway", EXECUTED,
        "Đi theo sự kiện đến trước; kiểu Parallel chỉ để khởi động và chờ mọi sự kiện."
        "|Follows the event that comes first; Parallel only starts a process and waits for all.",
        "@containers", f"{GATEWAY} instantiate:bool eventGatewayType:choice(Exclusive/Parallel)",
    ),
    # --- events -----------------------------------------------------------------------------
    row(
        "startEvent", "sự kiện bắt đầu|start event", EXECUTED,
        "Nơi hồ sơ bắt đầu.|Where a dossier begins.",
        "@containers", f"{NAMED} parallelMultiple:bool isInterrupting:bool",
    ),
    row(
        "endEvent", "sự kiện kết thúc|end event", EXECUTED,
        "Nơi một nhánh kết thúc.|Where a branch ends.", "@containers", NAMED,
    ),
    row(
        "intermediateCatchEvent", "sự kiện chờ|catch event", EXECUTED,
        "Chờ thời gian, thông điệp, tín hiệu hoặc điều kiện."
        "|Waits for a time, message, signal or condition.",
        "@containers", f"{NAMED} parallelMultiple:bool",
    ),
    row(
        "intermediateThrowEvent", "sự kiện phát|throw event", EXECUTED,
        "Phát thông điệp, tín hiệu… rồi đi tiếp.|Throws a message, signal … and goes on.",
        "@containers", NAMED,
    ),
    row(
        "boundaryEvent", "sự kiện biên|boundary event", EXECUTED,
        "Ngắt bước, hoặc mở thêm một nhánh bên cạnh.|Interrupts its activity, or opens a branch beside it.",
        "@containers",
        f"{NAMED} parallelMultiple:bool cancelActivity:bool attachedToRef:ref(host)!",
    ),
    row(
        "implicitThrowEvent", "sự kiện phát ẩn|implicit throw event", REFUSED,
        "Chỉ dùng bên trong bước nhiều lượt.|Belongs inside a multi-instance activity only.",
        "@containers", NAMED,
    ),
    row(
        "eventDefinitionRef", "tham chiếu sự kiện|event definition reference", EXECUTED,
        "Dùng định nghĩa chung của tệp.|Uses a definition shared by the file.",
        "@events", text="ref(definition)",
    ),
    row(
        "messageEventDefinition", "thông điệp|message", EXECUTED,
        "Chờ hoặc gửi thông điệp.|Waits for or sends a message.",
        "(file) @events", f"{BASE} messageRef:ref(message)",
    ),
    row(
        "operationRef", "thao tác dịch vụ|operation", CARRIED,
        "Thông điệp đã nói đủ.|The message says it all.", "messageEventDefinition", text="ref(operation)",
    ),
    row(
        "signalEventDefinition", "tín hiệu|signal", EXECUTED,
        "Chờ hoặc phát tín hiệu.|Waits for or throws a signal.",
        "(file) @events", f"{BASE} signalRef:ref(signal)",
    ),
    row(
        "errorEventDefinition", "lỗi|error", EXECUTED,
        "Phát hoặc bắt lỗi theo mã.|Throws or catches an error by its code.",
        "(file) @events", f"{BASE} errorRef:ref(error)",
    ),
    row(
        "escalationEventDefinition", "báo cáo vượt cấp|escalation", EXECUTED,
        "Phát hoặc bắt theo mã.|Throws or catches by its code.",
        "(file) @events", f"{BASE} escalationRef:ref(escalation)",
    ),
    row(
        "conditionalEventDefinition", "điều kiện|condition", EXECUTED,
        "Xảy ra khi điều kiện trở thành đúng.|Happens when its condition becomes true.",
        "(file) @events", BASE,
    ),
    row(
        "condition", "điều kiện|condition", EXECUTED,
        "Biểu thức FEEL.|A FEEL expression.",
        "conditionalEventDefinition complexBehaviorDefinition", EXPRESSION,
    ),
    row(
        "timerEventDefinition", "hẹn giờ|timer", EXECUTED,
        "Xảy ra khi đến giờ; mc:clock=\"working\" tính giờ làm việc."
        "|Happens when due; mc:clock=\"working\" counts working time.",
        "(file) @events", BASE,
    ),
    row(
        "timeDate", "ngày giờ|date", EXECUTED,
        "ISO-8601 hoặc FEEL.|ISO-8601 or FEEL.", "timerEventDefinition", EXPRESSION,
    ),
    row(
        "timeDuration", "khoảng thời gian|duration", EXECUTED,
        "ISO-8601 hoặc FEEL.|ISO-8601 or FEEL.", "timerEventDefinition", EXPRESSION,
    ),
    row(
        "timeCycle", "chu kỳ|cycle", EXECUTED,
        "ISO-8601 hoặc FEEL.|ISO-8601 or FEEL.", "timerEventDefinition", EXPRESSION,
    ),
    row(
        "linkEventDefinition", "liên kết|link", EXECUTED,
        "Nhảy tới sự kiện liên kết cùng tên.|Jumps to the link event of the same name.",
        "(file) @events", f"{BASE} name:text!",
    ),
    row(
        "source", "nguồn|source", CARRIED,
        "Cặp liên kết được tìm theo tên.|A pair of links is found by its name.",
        "linkEventDefinition relationship", text="free",
    ),
    row(
        "target", "đích|target", CARRIED,
        "Cặp liên kết được tìm theo tên.|A pair of links is found by its name.",
        "linkEventDefinition relationship", text="free",
    ),
    row(
        "compensateEventDefinition", "bù trừ|compensation", EXECUTED,
        "Chạy việc bù trừ của các bước đã xong.|Runs the compensation of what was done.",
        "(file) @events", f"{BASE} waitForCompletion:bool activityRef:ref(activity)",
    ),
    row(
        "cancelEventDefinition", "hủy giao dịch|cancel", EXECUTED,
        "Hủy giao dịch bao quanh.|Cancels the transaction around it.", "(file) @events", BASE,
    ),
    row(
        "terminateEventDefinition", "chấm dứt|terminate", EXECUTED,
        "Chấm dứt mọi nhánh.|Ends every branch.", "(file) @events", BASE,
    ),
    # --- flows ------------------------------------------------------------------------------
    row(
        "sequenceFlow", "mũi tên|sequence flow", EXECUTED,
        "Đường đi của hồ sơ.|The way a dossier goes.",
        "@containers", f"{NAMED} sourceRef:ref(node)! targetRef:ref(node)! ~isImmediate:bool",
    ),
    row(
        "conditionExpression", "điều kiện|condition", EXECUTED,
        "Biểu thức FEEL.|A FEEL expression.", "sequenceFlow", EXPRESSION,
    ),
    row(
        "incoming", "mũi tên đến|incoming flow", CARRIED,
        "Mũi tên tự nói nguồn và đích; phải khớp.|The flow itself says its ends; they must agree.",
        "@nodes", text="ref(flow)",
    ),
    row(
        "outgoing", "mũi tên đi|outgoing flow", CARRIED,
        "Mũi tên tự nói nguồn và đích; phải khớp.|The flow itself says its ends; they must agree.",
        "@nodes", text="ref(flow)",
    ),
)  # fmt: skip
