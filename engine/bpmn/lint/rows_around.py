"""The table, second part: what stands around the flow. Files, processes, people, data, messages, notes."""

from __future__ import annotations

from engine.bpmn.lint.table import BASE, CARRIED, EXECUTED, EXPRESSION, NAMED, REFUSED, row

_NOTE = "Chú thích cho người đọc.|A note for readers."
_TYPES = "Kiểu dữ liệu do biểu mẫu quy định.|Types of values are those of the forms."
_DATA = "Dữ liệu của hồ sơ nằm trong biểu mẫu, không ở sơ đồ.|A dossier's data lives in its forms."
_PEOPLE = (
    "Ai làm bước này được ghi ở mc:role và mc:unit; chỉ định kiểu này không được đọc."
    "|Who does a step is said by mc:role and mc:unit; this assignment is not read."
)
_MAPPING = (
    "Biểu thức FEEL; giá trị đi theo dòng dữ liệu khi bước bắt đầu hoặc hoàn thành."
    "|A FEEL expression; values flow when the step begins or is done."
)
_FLOWS = "Giá trị đi theo dòng dữ liệu, nếu nói rõ từ đâu đến đâu.|Carries a value where both ends are named."
_HOLDS = "Một biến, hoặc dữ liệu riêng của nơi khai báo.|A variable, or local where it is declared."
_CORRELATION = (
    "Thông điệp tới nơi chờ có cùng giá trị khóa."
    "|A message goes to who waits with the same values of its keys."
)
_CHOREOGRAPHY = (
    "Sơ đồ phối hợp (choreography) không thực thi được: hãy vẽ quy trình của từng cơ quan."
    "|A choreography is not executed: draw the process of each agency."
)
_CONVERSATION = "Hình vẽ việc trao đổi, không điều khiển gì.|A picture of an exchange; it controls nothing."
_SERVICES = "Mô tả dịch vụ bên ngoài; không bước nào gọi.|Describes an outside service that no step calls."

AROUND_ROWS = (
    # --- the file ---------------------------------------------------------------------------
    row(
        "definitions", "sơ đồ|diagram", EXECUTED, "Phần gốc của tệp.|The root of the file.", "(file)",
        f"{NAMED} ~targetNamespace:free! ~expressionLanguage:free ~typeLanguage:free ~exporter:text "
        "~exporterVersion:text",
    ),
    row(
        "import", "tệp nhập vào|import", CARRIED,
        "Không bao giờ được tải; chỗ được thực thi mà trỏ vào đó thì bị từ chối."
        "|Never fetched; what is executed may not refer to it.",
        "(file)", "namespace:free! location:free! importType:free!",
    ),
    row(
        "extension", "phần mở rộng|extension", CARRIED,
        "Phần mở rộng của công cụ khác được giữ nguyên.|Extensions of other tools are kept.",
        "(file)", "~definition:free mustUnderstand:choice(false/0/-true/-1)",
    ),
    row(
        "relationship", "quan hệ|relationship", CARRIED, _NOTE,
        "(file)", f"{BASE} ~type:text! ~direction:choice(None/Forward/Backward/Both)",
    ),
    row(
        "documentation", "mô tả|documentation", EXECUTED,
        "Việc cần làm, khi bước không ghi riêng.|What to do, when the step says nothing else.",
        "@all", f"{BASE} ~textFormat:text",
    ),
    row(
        "extensionElements", "phần mở rộng|extension elements", EXECUTED,
        "Đọc không gian tên urn:motcua:bpmn:1; phần lạ vô hại được giữ nguyên."
        "|The namespace urn:motcua:bpmn:1 is read; harmless foreign content is kept.",
        "@all",
    ),
    # --- process ----------------------------------------------------------------------------
    row(
        "process", "quy trình|process", EXECUTED,
        "Quy trình được thực thi.|The process that is executed.", "(file)",
        f"{NAMED} ~processType:choice(None/Public/Private) ~isClosed:bool isExecutable:bool "
        "~definitionalCollaborationRef:ref(collaboration)",
    ),
    row("supports", "quy trình hỗ trợ|supported process", CARRIED, _NOTE, "process", text="ref(process)"),
    row("auditing", "kiểm soát|auditing", CARRIED, _NOTE, "@flow_elements process", BASE),
    row("monitoring", "theo dõi|monitoring", CARRIED, _NOTE, "@flow_elements process", BASE),
    row(
        "laneSet", "nhóm làn|lane set", CARRIED,
        "Làn chỉ để nhìn; ai làm ghi ở mc:role và mc:unit."
        "|Lanes are for the eye; who does a step is said by mc:role and mc:unit.",
        "process @sub_processes", NAMED,
    ),
    row(
        "childLaneSet", "nhóm làn con|child lane set", CARRIED,
        "Làn chỉ để nhìn.|Lanes are for the eye.", "lane", NAMED,
    ),
    row(
        "lane", "làn|lane", CARRIED, "Làn chỉ để nhìn.|Lanes are for the eye.",
        "laneSet childLaneSet", f"{NAMED} ~partitionElementRef:ref(any)",
    ),
    row(
        "flowNodeRef", "bước trong làn|node of a lane", CARRIED,
        "Làn chỉ để nhìn.|Lanes are for the eye.", "lane", text="ref(node)",
    ),
    row("partitionElement", "tiêu chí chia làn|partition element", CARRIED, _NOTE, "lane", BASE),
    # --- what can be called -----------------------------------------------------------------
    row(
        "globalTask", "việc dùng chung|global task", EXECUTED,
        "Được bước gọi quy trình chạy.|Run by call activities.", "(file)", NAMED,
    ),
    row(
        "globalUserTask", "việc dùng chung|global user task", EXECUTED,
        "Được bước gọi quy trình chạy.|Run by call activities.",
        "(file)", f"{NAMED} ~implementation:free",
    ),
    row(
        "globalManualTask", "việc thủ công dùng chung|global manual task", EXECUTED,
        "Được bước gọi quy trình chạy.|Run by call activities.", "(file)", NAMED,
    ),
    row(
        "globalScriptTask", "mã lệnh dùng chung|global script task", REFUSED,
        "Mã lệnh trong sơ đồ không được chạy.|Code in a diagram is not run.",
        "(file)", f"{NAMED} -scriptLanguage:free",
    ),
    row(
        "globalBusinessRuleTask", "quy tắc dùng chung|global business rule task", REFUSED,
        "Sơ đồ chưa gắn được bảng quyết định.|A decision cannot be attached here yet.",
        "(file)", f"{NAMED} -implementation:free",
    ),
    row(
        "script", "mã lệnh|script", REFUSED,
        "Mã lệnh trong sơ đồ không được chạy.|Code in a diagram is not run.",
        "scriptTask globalScriptTask",
    ),
    row(
        "rendering", "cách hiển thị|rendering", CARRIED,
        "Biểu mẫu của bước ghi ở mc:form.|The step's form is named by mc:form.",
        "userTask globalUserTask", BASE,
    ),
    # --- people -----------------------------------------------------------------------------
    row(
        "resourceRole", "chỉ định người làm|resource role", REFUSED, _PEOPLE,
        "@activities @global_tasks process", NAMED,
    ),
    row(
        "performer", "chỉ định người làm|performer", REFUSED, _PEOPLE,
        "@activities @global_tasks process", NAMED,
    ),
    row(
        "humanPerformer", "chỉ định người làm|human performer", REFUSED, _PEOPLE,
        "@activities @global_tasks process", NAMED,
    ),
    row(
        "potentialOwner", "chỉ định người làm|potential owner", REFUSED, _PEOPLE,
        "@activities @global_tasks process", NAMED,
    ),
    row("resourceRef", "nguồn lực|resource", REFUSED, _PEOPLE, "@resource_roles", text="ref(resource)"),
    row(
        "resourceParameterBinding", "tham số nguồn lực|resource parameter", REFUSED, _PEOPLE,
        "@resource_roles", f"{BASE} parameterRef:ref(resourceParameter)!",
    ),
    row(
        "resourceAssignmentExpression", "biểu thức chỉ định|assignment expression", REFUSED, _PEOPLE,
        "@resource_roles", BASE,
    ),
    row(
        "expression", "biểu thức|expression", REFUSED, _PEOPLE,
        "resourceAssignmentExpression resourceParameterBinding", EXPRESSION,
    ),
    row(
        "formalExpression", "biểu thức|formal expression", REFUSED, _PEOPLE,
        "resourceAssignmentExpression resourceParameterBinding", EXPRESSION,
    ),
    row("resource", "nguồn lực|resource", CARRIED, _NOTE, "(file)", f"{BASE} name:text!"),
    row(
        "resourceParameter", "tham số nguồn lực|resource parameter", CARRIED, _NOTE,
        "resource", f"{NAMED} ~type:free ~isRequired:bool",
    ),
    # --- data -------------------------------------------------------------------------------
    row(
        "dataObject", "dữ liệu|data object", EXECUTED, _HOLDS,
        "@containers", f"{NAMED} ~itemSubjectRef:ref(itemDefinition) ~isCollection:bool",
    ),
    row(
        "dataObjectReference", "dữ liệu|data object reference", EXECUTED, _HOLDS,
        "@containers", f"{NAMED} ~itemSubjectRef:ref(itemDefinition) ~dataObjectRef:ref(dataObject)",
    ),
    row(
        "dataStore", "kho dữ liệu|data store", CARRIED, _DATA,
        "(file)", f"{NAMED} ~capacity:int ~isUnlimited:bool ~itemSubjectRef:ref(itemDefinition)",
    ),
    row(
        "dataStoreReference", "kho dữ liệu|data store reference", CARRIED, _DATA,
        "@containers", f"{NAMED} ~itemSubjectRef:ref(itemDefinition) ~dataStoreRef:ref(dataStore)",
    ),
    row(
        "dataState", "trạng thái dữ liệu|data state", CARRIED, _DATA,
        "dataObject dataObjectReference dataStore dataStoreReference dataInput dataOutput property "
        "inputDataItem outputDataItem",
        NAMED,
    ),
    row(
        "property", "thuộc tính|property", EXECUTED, _HOLDS,
        "process @activities @events", f"{NAMED} ~itemSubjectRef:ref(itemDefinition)",
    ),
    row(
        "ioSpecification", "đầu vào, đầu ra|input and output", CARRIED, _DATA,
        "@activities @callable", BASE,
    ),
    row(
        "dataInput", "dữ liệu vào|data input", EXECUTED, _HOLDS,
        "ioSpecification @throwing", f"{NAMED} ~itemSubjectRef:ref(itemDefinition) ~isCollection:bool",
    ),
    row(
        "dataOutput", "dữ liệu ra|data output", EXECUTED, _HOLDS,
        "ioSpecification @catching", f"{NAMED} ~itemSubjectRef:ref(itemDefinition) ~isCollection:bool",
    ),
    row("inputSet", "bộ dữ liệu vào|input set", CARRIED, _DATA, "ioSpecification @throwing", NAMED),
    row("outputSet", "bộ dữ liệu ra|output set", CARRIED, _DATA, "ioSpecification @catching", NAMED),
    *(
        row(name, "dữ liệu vào|data input", CARRIED, _DATA, "inputSet", text="ref(data_input)")
        for name in ("dataInputRefs", "optionalInputRefs", "whileExecutingInputRefs")
    ),
    *(
        row(name, "dữ liệu ra|data output", CARRIED, _DATA, "outputSet", text="ref(data_output)")
        for name in ("dataOutputRefs", "optionalOutputRefs", "whileExecutingOutputRefs")
    ),
    row("outputSetRefs", "bộ dữ liệu ra|output set", CARRIED, _DATA, "inputSet", text="ref(outputSet)"),
    row("inputSetRefs", "bộ dữ liệu vào|input set", CARRIED, _DATA, "outputSet", text="ref(inputSet)"),
    row("dataInputAssociation", "dòng dữ liệu vào|data input flow", EXECUTED, _FLOWS,
        "@activities @throwing", BASE),
    row("dataOutputAssociation", "dòng dữ liệu ra|data output flow", EXECUTED, _FLOWS,
        "@activities @catching", BASE),
    row("sourceRef", "nguồn dữ liệu|data source", EXECUTED, _FLOWS, "@associations", text="ref(data)"),
    row("targetRef", "đích dữ liệu|data target", EXECUTED, _FLOWS, "@associations", text="ref(data)"),
    row("transformation", "biến đổi dữ liệu|transformation", EXECUTED, _MAPPING, "@associations", EXPRESSION),
    row("assignment", "phép gán|assignment", EXECUTED, _MAPPING, "@associations", BASE),
    row("from", "nguồn phép gán|from", EXECUTED, _MAPPING, "assignment", EXPRESSION),
    row("to", "đích phép gán|to", EXECUTED, _MAPPING, "assignment", EXPRESSION),
    row(
        "ioBinding", "gắn dịch vụ|input-output binding", CARRIED, _SERVICES, "@callable",
        f"{BASE} ~operationRef:ref(operation)! ~inputDataRef:ref(inputSet)! ~outputDataRef:ref(outputSet)!",
    ),
    row(
        "itemDefinition", "kiểu dữ liệu|item definition", CARRIED, _TYPES, "(file)",
        f"{BASE} ~structureRef:free ~isCollection:bool ~itemKind:choice(Information/Physical)",
    ),
    # --- messages, errors, services ---------------------------------------------------------
    row(
        "message", "thông điệp|message", EXECUTED,
        "Được nhận và gửi theo tên.|Sent and received by its name.", "(file)",
        f"{NAMED} ~itemRef:ref(itemDefinition)",
    ),
    row(
        "signal", "tín hiệu|signal", EXECUTED,
        "Được nhận và phát theo tên.|Thrown and caught by its name.", "(file)",
        f"{NAMED} ~structureRef:ref(itemDefinition)",
    ),
    row(
        "error", "lỗi|error", EXECUTED, "Được bắt theo mã.|Caught by its code.", "(file)",
        f"{NAMED} errorCode:text ~structureRef:ref(itemDefinition)",
    ),
    row(
        "escalation", "báo cáo vượt cấp|escalation", EXECUTED,
        "Được bắt theo mã.|Caught by its code.", "(file)",
        f"{NAMED} escalationCode:text ~structureRef:ref(itemDefinition)",
    ),
    row("interface", "giao diện dịch vụ|interface", CARRIED, _SERVICES, "(file)",
        f"{BASE} name:text! ~implementationRef:free"),
    row("operation", "thao tác dịch vụ|operation", CARRIED, _SERVICES, "interface",
        f"{BASE} name:text! ~implementationRef:free"),
    row("inMessageRef", "thông điệp vào|input message", CARRIED, _SERVICES, "operation", text="ref(message)"),
    row("outMessageRef", "thông điệp ra|output message", CARRIED, _SERVICES, "operation",
        text="ref(message)"),
    row("errorRef", "lỗi của dịch vụ|error of a service", CARRIED, _SERVICES, "operation", text="ref(error)"),
    row("supportedInterfaceRef", "giao diện hỗ trợ|supported interface", CARRIED, _SERVICES, "@callable",
        text="ref(interface)"),
    row("interfaceRef", "giao diện|interface", CARRIED, _SERVICES, "participant", text="ref(interface)"),
    row("endPoint", "địa chỉ dịch vụ|end point", CARRIED, _SERVICES, "(file)", BASE),
    row("endPointRef", "địa chỉ dịch vụ|end point", CARRIED, _SERVICES, "participant", text="ref(endPoint)"),
    # --- correlation ------------------------------------------------------------------------
    row("correlationProperty", "thuộc tính ghép|correlation property", EXECUTED, _CORRELATION, "(file)",
        f"{NAMED} ~type:free"),
    row("correlationPropertyRetrievalExpression", "cách lấy thuộc tính ghép|retrieval expression", EXECUTED,
        _CORRELATION, "correlationProperty", f"{BASE} messageRef:ref(message)!"),
    row("messagePath", "đường dẫn trong thông điệp|message path", EXECUTED, _CORRELATION,
        "correlationPropertyRetrievalExpression", EXPRESSION),
    row("correlationKey", "khóa ghép|correlation key", CARRIED, _CORRELATION,
        "@collaborations @conversations @choreography_nodes", NAMED),
    row("correlationPropertyRef", "thuộc tính ghép|correlation property", CARRIED, _CORRELATION,
        "correlationKey", text="ref(correlationProperty)"),
    row(
        "correlationSubscription", "đăng ký ghép thông điệp|correlation subscription", EXECUTED,
        "Khóa được so với dữ liệu; không có khóa thì so với mã hồ sơ."
        "|Keys are compared with data; without keys the dossier's code counts.",
        "process", f"{BASE} correlationKeyRef:ref(correlationKey)!",
    ),
    row("correlationPropertyBinding", "thuộc tính ghép|property binding", EXECUTED, _CORRELATION,
        "correlationSubscription", f"{BASE} correlationPropertyRef:ref(correlationProperty)!"),
    row("dataPath", "đường dẫn dữ liệu|data path", EXECUTED, _CORRELATION, "correlationPropertyBinding",
        EXPRESSION),
    # --- collaboration ----------------------------------------------------------------------
    row(
        "collaboration", "sơ đồ phối hợp|collaboration", CARRIED,
        "Các bên và thông điệp giữa họ; từng quy trình được thực thi riêng."
        "|Who takes part and what they exchange; each process is executed by itself.",
        "(file)", f"{NAMED} ~isClosed:bool",
    ),
    row("participant", "bên tham gia|participant", CARRIED,
        "Bên tham gia; quy trình của họ được thực thi riêng."
        "|Who takes part; their process is executed by itself.",
        "@collaborations", f"{NAMED} ~processRef:ref(process)"),
    row("participantMultiplicity", "số bên|multiplicity", CARRIED, _NOTE, "participant",
        f"{BASE} ~minimum:int ~maximum:int"),
    row("messageFlow", "dòng thông điệp|message flow", EXECUTED,
        "motcua run đưa thông điệp tới đầu kia; giữa các hồ sơ, thông điệp được ghép theo tên và khóa."
        "|motcua run delivers along it; between dossiers messages are matched by name and keys.",
        "@collaborations",
        f"{NAMED} sourceRef:ref(message_end)! targetRef:ref(message_end)! ~messageRef:ref(message)"),
    row("messageFlowAssociation", "liên hệ dòng thông điệp|message flow association", CARRIED, _CONVERSATION,
        "@collaborations",
        f"{BASE} innerMessageFlowRef:ref(messageFlow)! outerMessageFlowRef:ref(messageFlow)!"),
    row("participantAssociation", "liên hệ bên tham gia|participant association", CARRIED, _CONVERSATION,
        "@collaborations callConversation callChoreography", BASE),
    row("innerParticipantRef", "bên tham gia|participant", CARRIED, _CONVERSATION, "participantAssociation",
        text="ref(participant)"),
    row("outerParticipantRef", "bên tham gia|participant", CARRIED, _CONVERSATION, "participantAssociation",
        text="ref(participant)"),
    row("partnerEntity", "đối tác|partner entity", CARRIED, _NOTE, "(file)", NAMED),
    row("partnerRole", "vai trò đối tác|partner role", CARRIED, _NOTE, "(file)", NAMED),
    row("participantRef", "bên tham gia|participant", CARRIED, _CONVERSATION,
        "partnerEntity partnerRole @conversations @choreography_nodes", text="ref(participant)"),
    row("messageFlowRef", "dòng thông điệp|message flow", CARRIED, _CONVERSATION,
        "@conversations choreographyTask", text="ref(messageFlow)"),
    row("choreographyRef", "sơ đồ phối hợp|choreography", CARRIED, _CONVERSATION, "@collaborations",
        text="ref(choreography)"),
    # --- conversation and choreography ------------------------------------------------------
    row("globalConversation", "trao đổi dùng chung|global conversation", CARRIED, _CONVERSATION, "(file)",
        f"{NAMED} ~isClosed:bool"),
    row("conversation", "trao đổi|conversation", CARRIED, _CONVERSATION, "@collaborations subConversation",
        NAMED),
    row("subConversation", "trao đổi con|sub-conversation", CARRIED, _CONVERSATION,
        "@collaborations subConversation", NAMED),
    row("callConversation", "gọi trao đổi|call conversation", CARRIED, _CONVERSATION,
        "@collaborations subConversation", f"{NAMED} ~calledCollaborationRef:ref(collaboration)"),
    row("conversationLink", "đường trao đổi|conversation link", CARRIED, _CONVERSATION, "@collaborations",
        f"{NAMED} ~sourceRef:ref(conversation)! ~targetRef:ref(conversation)!"),
    row("conversationAssociation", "liên hệ trao đổi|conversation association", CARRIED, _CONVERSATION,
        "@collaborations",
        f"{BASE} ~innerConversationNodeRef:ref(conversation_node)! "
        "~outerConversationNodeRef:ref(conversation_node)!"),
    row("choreography", "sơ đồ choreography|choreography", REFUSED, _CHOREOGRAPHY, "(file)",
        f"{NAMED} ~isClosed:bool"),
    row("globalChoreographyTask", "bước choreography dùng chung|global choreography task", REFUSED,
        _CHOREOGRAPHY, "(file)", f"{NAMED} ~isClosed:bool ~initiatingParticipantRef:ref(participant)"),
    *(
        row(name, f"{vi}|{en}", REFUSED, _CHOREOGRAPHY, "@containers",
            f"{NAMED} initiatingParticipantRef:ref(participant)! "
            f"~loopType:choice(None/Standard/MultiInstanceSequential/MultiInstanceParallel){more}")
        for name, vi, en, more in (
            ("choreographyTask", "bước choreography", "choreography task", ""),
            ("subChoreography", "choreography con", "sub-choreography", ""),
            ("callChoreography", "gọi choreography", "call choreography",
             " ~calledChoreographyRef:ref(choreography)"),
        )
    ),
    # --- notes ------------------------------------------------------------------------------
    row("textAnnotation", "ghi chú|text annotation", CARRIED, _NOTE,
        "@containers @collaborations", f"{BASE} ~textFormat:text"),
    row("text", "lời ghi chú|text", CARRIED, _NOTE, "textAnnotation"),
    row("association", "đường nối|association", EXECUTED,
        "Nối sự kiện bù trừ với việc bù trừ; còn lại chỉ để nhìn."
        "|Joins a compensation event with its activity; otherwise for the eye.",
        "@containers @collaborations",
        f"{BASE} sourceRef:ref(any)! targetRef:ref(any)! ~associationDirection:choice(None/One/Both)"),
    row("group", "nhóm|group", CARRIED, _NOTE, "@containers @collaborations",
        f"{BASE} ~categoryValueRef:ref(categoryValue)"),
    row("category", "phân loại|category", CARRIED, _NOTE, "(file)", NAMED),
    row("categoryValue", "giá trị phân loại|category value", CARRIED, _NOTE, "category",
        f"{BASE} ~value:text"),
    row("categoryValueRef", "giá trị phân loại|category value", CARRIED, _NOTE, "@flow_elements",
        text="ref(categoryValue)"),
)  # fmt: skip
