"""What BPMN 2.0.2 itself forbids: code, clause and one sentence of each rule, by chapter.

After the clause, "~" says that what is executed is in no doubt all the same: the fault is an error of the
linter, but keeps nobody from trying the diagram out.
"""

STANDARD_RULES = """
not-bpmn 8.1: Phần gốc là definitions.|The root is definitions.
unknown-element 8.2: Mọi phần tử có trong chuẩn.|Every element is one of the standard.
misplaced-element 8.2: Phần tử đứng đúng chỗ.|Every element stands where it may.
unknown-attribute 8.2: Mọi thuộc tính có trong chuẩn.|Every attribute is one of the standard.
missing-attribute 8.2: Đủ thuộc tính bắt buộc.|Required attributes are there.
bad-value 8.2: Giá trị đúng kiểu.|Values are of their kind.
part-order 8.2~: Các phần theo thứ tự của lược đồ.|Parts stand in the order of the schema.
part-missing 8.2: Đủ các phần bắt buộc.|Required parts are there.
part-twice 8.2: Không phần nào thừa.|No part stands there too often.
stray-text 8.2: Chữ chỉ đứng nơi được phép.|Text stands only where it may.
bad-type 8.2: xsi:type đúng loại.|xsi:type is the element's own.
not-formal 8.3.6~: Ngôn ngữ chỉ ghi ở biểu thức hình thức.|Only formal expressions have a language.
extension-namespace 8.2.3: Phần mở rộng có không gian tên riêng.|Extensions have a namespace of their own.
foreign-element 8.2.3: Phần lạ nằm trong extensionElements.|Foreign parts stand in extensionElements.
not-uri 8.1~: Ngôn ngữ và không gian tên là URI.|Languages and namespaces are URIs.
import-type 8.2.2~: importType là URI tuyệt đối.|An import's type is an absolute URI.
import-missing 8.2.2~: Tệp nhập vào có thật.|An imported diagram is there.
import-broken 8.2.2~: Tệp nhập vào đọc được.|An imported diagram can be read.
import-namespace 8.2.2~: Tệp nhập vào đúng không gian tên.|An imported diagram is of the namespace.
same-id 8.3.1: Mỗi mã dùng một lần.|Every id is used once.
dangling-reference 8.2: Tham chiếu tới phần tử có thật.|References lead to something.
wrong-reference 8.2: Tham chiếu tới đúng loại.|References lead to the right kind.
id-with-prefix 8.2: Mã không có tiền tố.|Plain ids have no prefix.
prefix-unknown 8.2: Tiền tố được khai báo.|Prefixes are declared.
prefix-foreign 8.2.2: Không gian tên khác phải được nhập.|Other namespaces are imported.
text-format 8.3.1~: textFormat là kiểu MIME.|A text format is a MIME type.
key-binding 8.3.3~: Đăng ký gắn thuộc tính của khóa mình.|A subscription binds properties of its key.
key-twice 8.3.3: Mỗi thông điệp đọc theo một cách.|A message is read in one way.
collection-differs 8.3.10~: Dữ liệu và kiểu cùng là danh sách.|Data and its type agree on being a collection.
flow-dangling 8.3.13: Hai đầu mũi tên có thật.|Both ends of a flow exist.
flow-not-node 8.3.13: Mũi tên chỉ nối bước, cổng, sự kiện.|A flow joins activities, gateways and events.
flow-crosses-scope 8.3.13: Mũi tên không vượt ranh giới.|A flow stays in its process and sub-process.
flow-list 8.3.13~: incoming và outgoing khớp với mũi tên.|incoming and outgoing agree with the flows.
flow-not-immediate 8.3.13: Quy trình thực thi không chen bước.|Executable flows are immediate.
condition-where 8.3.13: Điều kiện chỉ ở nơi có lựa chọn.|Conditions stand where something is chosen.
condition-alone 8.3.13~: Lối ra duy nhất không có điều kiện.|The only way out has no condition.
default-not-outgoing 8.3.13: Đường mặc định đi ra từ chính nó.|The default flow leaves its own node.
default-with-condition 8.3.13~: Đường mặc định không có điều kiện.|The default flow has no condition.
gateway-direction 8.3.9~: Cổng đúng hướng đã ghi.|A gateway keeps its direction.
gateway-pointless 8.3.9~: Cổng chia hoặc gộp.|A gateway splits or merges.
resource-binding 10.3.1~: Tham số gắn với nguồn lực.|Parameters are bound to a resource.
resource-parameter 10.3.1~: Tham số thuộc nguồn lực đó.|A parameter is one of its resource.
participant-number 9.3.1~: Số bên hợp lý.|Numbers of participants make sense.
message-flow-inside 9.4~: Thông điệp đi giữa hai bên.|Messages go between participants.
message-flow-end 9.4~: Thông điệp từ nơi gửi tới nơi nhận.|Messages go from senders to receivers.
message-flow-number 10.5.2: Nhiều dòng thông điệp cần nhiều định nghĩa.|Several message flows need several definitions.
conversation-link 9.5~: Đường trao đổi nối một cuộc trao đổi.|A conversation link joins one conversation.
conversation-participants 9.5~: Trao đổi có ít nhất hai bên.|A conversation has two participants at least.
participant-foreign 9.5~: Các bên thuộc cùng sơ đồ phối hợp.|Participants are of the same collaboration.
conversation-calls 9.5~: Chỉ gọi sơ đồ phối hợp.|A call conversation calls a collaboration.
global-conversation 9.5~: Trao đổi dùng chung không có trao đổi con.|A global conversation holds no conversations.
participant-pair 9.5~: Ghép đúng bên của nơi được gọi.|Paired participants are those of what is called.
public-executable 10.2: Quy trình công khai không thực thi.|A public process is not executable.
quantity 10.3.1: Số lượt vào, ra từ 1.|Quantities are 1 or more.
compensation-flow 10.3.1: Việc bù trừ không có mũi tên.|A compensation activity has no flows.
script-format 10.3.3~: Mã lệnh có định dạng MIME.|A script has its MIME format.
service-data 10.3.3~: Bước trao đổi có một dữ liệu.|Tasks that exchange have one data item for it.
operation-message 10.3.3~: Thông điệp thuộc thao tác.|The message is one of its operation.
instantiate-where 10.3.3: Chỉ quy trình được khởi động.|Only a process is started.
instantiate-beside-start 10.3.3: Không vừa bắt đầu vừa khởi động.|No second beginning beside a start event.
instantiate-incoming 10.3.3: Bước khởi động đứng đầu.|What starts a process comes first.
instantiate-after-start 10.3.3~: Không khởi động sau sự kiện bắt đầu.|No start event leads to what starts a process.
sub-process-starts 10.3.5: Quy trình con bắt đầu ở một nơi.|A sub-process begins in one place.
event-sub-start 10.3.5: Quy trình con theo sự kiện có một bắt đầu.|An event sub-process has one trigger.
event-sub-flow 10.3.5: Quy trình con theo sự kiện không có mũi tên.|An event sub-process has no flows.
event-sub-twice 10.5.6: Một sự kiện ngắt, một quy trình con.|An interrupting event has one event sub-process.
event-sub-boundary 10.3.5: Không gắn sự kiện biên vào đó.|An event sub-process has no boundary events.
ad-hoc-event 10.3.5: Nhóm tùy ý không có bắt đầu, kết thúc.|An ad-hoc sub-process has no start and end.
ad-hoc-empty 10.3.5: Nhóm tùy ý có việc.|An ad-hoc sub-process holds an activity.
call-data 10.3.6~: Dữ liệu khớp với quy trình được gọi.|A call's data is that of what it calls.
binding-operation 10.3.7~: Thao tác thuộc giao diện được hỗ trợ.|A bound operation is supported.
binding-data 10.3.7~: Gắn dữ liệu của chính mình.|A binding is of its own data.
loop-twice 10.3.8: Một bước lặp theo một cách.|An activity loops in one way.
multi-without-number 10.3.8: Nhiều lượt có số hoặc danh sách.|Several instances have a number or a list.
multi-event 10.3.8: Hành vi có sự kiện của nó.|A behaviour has its event.
loop-item 10.3.8~: Phần tử thuộc về danh sách.|An item belongs to a list.
loop-data 10.3.8~: Danh sách lặp là dữ liệu.|What is repeated over is data.
sub-process-data 10.4.1~: Quy trình con nhúng không có ioSpecification.|Embedded sub-processes declare no inputs.
data-reference-type 10.4.1~: Tham chiếu dữ liệu không ghi kiểu.|Data object references have no type.
data-reference-missing 10.4.1~: Tham chiếu dữ liệu trỏ tới dữ liệu.|A data object reference refers to one.
data-object-state 10.4.1~: Đối tượng dữ liệu không ghi trạng thái.|Data objects have no state.
store-capacity 10.4.1~: Sức chứa không âm.|A capacity is not negative.
data-outside-set 10.4.1~: Đầu vào, đầu ra thuộc một bộ.|Inputs and outputs stand in a set.
data-subset 10.4.1~: Phần tùy chọn thuộc bộ đó.|What is optional is in the set.
data-foreign 10.4.1~: Bộ chỉ ghi dữ liệu của mình.|Sets list data of their own element.
data-one-sided 10.4.1~: Các bộ trỏ tới nhau từ hai phía.|Sets name each other from both sides.
data-sources 10.4.2~: Nhiều nguồn thì phải biến đổi.|Several sources need a transformation.
data-flow-end 10.4.2~: Dòng dữ liệu nối với dữ liệu của mình.|A data association ends at its own data.
data-flow-process 10.4.2~: Dữ liệu của quy trình đúng chiều.|A process's data flows in its direction.
data-out-of-sight 10.4.1~: Dữ liệu nhìn thấy được.|Data can be seen from there.
data-types 10.4.2~: Hai đầu cùng kiểu.|Both ends are of one type.
event-data-number 10.5.1~: Mỗi định nghĩa sự kiện một dữ liệu.|Each event definition has one data item.
payload-type 10.5.1~: Dữ liệu sự kiện đúng kiểu.|An event's data is of its type.
event-definition-shared 10.5.1~: Chỉ dùng chung định nghĩa ở gốc.|Only definitions at the root are shared.
event-kind 10.5: Loại sự kiện đúng chỗ.|Kinds of events stand where they may.
event-without-kind 10.5: Sự kiện chờ nói chờ gì.|A catching event says what it waits for.
must-interrupt 10.5.4: Lỗi và hủy luôn ngắt.|Errors and cancellations interrupt.
start-incoming 10.5.2: Không gì đi vào bắt đầu.|Nothing enters a start event.
end-outgoing 10.5.3: Không gì đi ra từ kết thúc.|Nothing leaves an end event.
no-start 10.5.2~: Có kết thúc thì có bắt đầu.|An end event needs a start event.
no-end 10.5.3~: Có bắt đầu thì có kết thúc.|A start event needs an end event.
no-way-in 10.5.2~: Bước nào cũng có lối vào.|Every node has a way in.
leads-nowhere 10.5.3~: Bước nào cũng có lối ra.|Every node has a way out.
boundary-incoming 10.5.4: Không gì đi vào sự kiện biên.|Nothing enters a boundary event.
boundary-outgoing 10.5.4: Sự kiện biên có lối ra.|A boundary event has a way out.
boundary-host 10.5.4: Sự kiện biên gắn ở cùng phần.|A boundary event is in its activity's part.
cancel-where 10.5.5: Hủy chỉ ở giao dịch.|Cancel events belong to transactions.
compensation-outgoing 10.5.4: Sự kiện biên bù trừ không có mũi tên.|Compensation boundary events have no flows.
compensation-handler 10.5.5: Bù trừ bởi đúng một việc.|Compensation is done by exactly one activity.
compensation-names 10.5.5~: Chỉ nơi phát ghi việc bù trừ.|Only who throws names an activity.
compensation-out-of-sight 10.5.5: Việc bù trừ nhìn thấy được.|What is compensated can be seen.
link-alone 10.5.5: Liên kết đứng riêng.|A link stands alone.
link-flow 10.5.4: Liên kết thay cho mũi tên.|A link replaces the flow.
link-target 10.5.5: Liên kết có điểm đến.|A link has its target.
link-source 10.5.5: Điểm đến có nơi nhảy tới.|A target has its source.
link-twice 10.5.5: Một tên một điểm đến.|A name has one target.
link-partner 10.5.5: Liên kết trỏ tới liên kết cùng tên.|A link refers to a link of its name.
event-gateway-targets 10.6.6: Sau cổng sự kiện là sự kiện chờ.|An event gateway leads to events.
event-gateway-mixed 10.6.6: Không lẫn bước nhận và sự kiện thông điệp.|Receive tasks and message events are not mixed.
event-gateway-shared 10.6.6: Sự kiện sau cổng có một lối vào.|What follows has one way in.
event-gateway-boundary 10.6.6: Bước nhận sau cổng không có sự kiện biên.|Receive tasks there have no boundary events.
event-gateway-start 10.6.6: Cổng khởi động chờ thông điệp.|A starting gateway waits for messages.
event-gateway-parallel 10.6.6: Cổng Parallel chỉ để khởi động.|A parallel event gateway starts a process.
lane-foreign 10.8~: Làn chứa bước của quy trình mình.|A lane holds nodes of its process.
lane-twice 10.8~: Bước nằm trong một làn.|A node stands in one lane.
choreography-where 11~: Bước choreography ở trong choreography.|Choreography activities stand in choreographies.
choreography-holds 11~: Choreography không có bước thường, dữ liệu.|A choreography holds no tasks and no data.
choreography-event 11.6~: Loại sự kiện dùng được ở choreography.|Kinds of events that a choreography may use.
choreography-parties 11.5~: Đúng hai bên.|A choreography task has two participants.
choreography-initiator 11.5~: Bên khởi xướng tham gia.|The initiator takes part.
choreography-order 11.5~: Bên khởi xướng có mặt ở bước trước.|An initiator took part in the step before.
choreography-flow 11.5~: Thông điệp đi giữa các bên.|Its messages go between its participants.
drawing-part 12.2~: Hình vẽ đủ phần, đúng thứ tự.|A drawing has its parts in order.
drawing-attribute 12.2~: Thuộc tính của hình vẽ.|A drawing has its attributes.
drawing-value 12.2~: Giá trị của hình vẽ đúng kiểu.|Values of a drawing are of their kind.
drawn-nothing 12.2~: Hình vẽ phần tử có thật.|What is drawn exists.
drawn-wrong 12.2~: Hình vẽ đúng loại.|Shapes and edges draw the right kind.
drawn-reference 12.2~: Hình trỏ tới hình có thật.|References of the drawing lead to something.
"""  # noqa: E501
