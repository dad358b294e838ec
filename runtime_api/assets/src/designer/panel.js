// The side panel: what is known about the chosen part of the drawing, as a form in plain words.

import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { eventSections } from './event.js';
import { area, button, choice, make, section } from './fields.js';
import { flowSections } from './flow.js';
import { isBeyondSimple, isFull } from './mode.js';
import { messageFields, names, stepTabs, zone } from './step.js';
import { tabList } from './tabs.js';
import { said, t } from './words.js';

const TYPES = [
  ['bpmn:SubProcess', () => t('Nhóm bước', 'Group of steps')],
  ['bpmn:CallActivity', () => t('Gọi quy trình khác', 'Call of another procedure')],
  ['bpmn:Activity', () => t('Bước việc', 'Step')],
  ['bpmn:ExclusiveGateway', () => t('Rẽ chọn một nhánh', 'Choice of one branch')],
  ['bpmn:ParallelGateway', () => t('Rẽ song song', 'Parallel branches')],
  ['bpmn:InclusiveGateway', () => t('Rẽ chọn nhiều nhánh', 'Choice of several branches')],
  ['bpmn:EventBasedGateway', () => t('Rẽ theo việc xảy ra trước', 'Whatever happens first')],
  ['bpmn:StartEvent', () => t('Điểm bắt đầu', 'Start')],
  ['bpmn:EndEvent', () => t('Điểm kết thúc', 'End')],
  ['bpmn:BoundaryEvent', () => t('Sự kiện trên bước', 'Event on a step')],
  ['bpmn:Event', () => t('Điểm chờ', 'Waiting point')],
  ['bpmn:SequenceFlow', () => t('Đường đi', 'Flow')],
  ['bpmn:MessageFlow', () => t('Tin nhắn giữa hai cơ quan', 'Message between agencies')],
  ['bpmn:Participant', () => t('Cơ quan tham gia', 'Participant')],
  ['bpmn:Lane', () => t('Làn', 'Lane')],
  ['bpmn:TextAnnotation', () => t('Ghi chú', 'Note')],
];

export class Panel {
  constructor(modeler, { host, model, office, onChoose }) {
    Object.assign(this, { modeler, host, model, office, onChoose, tab: 'what', comments: null });
    this.locks = modeler.get('officeLocks');
    this.edit = this.edit.bind(this);
    modeler.on('selection.changed', () => this.draw());
    modeler.on('elements.changed', ({ elements }) => {
      if (!this.isOwn && (!this.element || elements.includes(this.element))) this.drawSoon();
    });
    modeler.on('import.done', () => this.draw());
    // A button that is pressed must still be there when it is let go, whatever the press ended on the drawing.
    host.addEventListener('pointerdown', () => { this.isPressed = true; }, true);
    for (const name of ['pointerup', 'pointercancel']) {
      addEventListener(name, () => {
        this.isPressed = false;
        if (this.isPending) this.drawSoon();
      }, true);
    }
  }

  /** Run a change; the panel is drawn anew only when its own fields changed with it. */
  edit(change, redraw = false) {
    this.isOwn = true;
    try {
      change();
    } finally {
      this.isOwn = false;
    }
    if (redraw) this.draw();
    else this.retitle();
  }

  /** The heading follows the name that is being written; the fields stay as they are. */
  retitle() {
    const title = this.element && this.host.querySelector('.panel-head h2');
    if (title) title.textContent = this.nameOf(this.element);
  }

  // A click into the panel ends writing on the drawing, which changes the panel: drawn at once, the field
  // would be gone before the click arrived at it.
  drawSoon() {
    clearTimeout(this.timer);
    this.isPending = Boolean(this.isPressed);
    if (!this.isPending) this.timer = setTimeout(() => this.draw(), 0);
  }

  draw() {
    clearTimeout(this.timer);
    const chosen = this.modeler.get('selection').get();
    const [first] = chosen;
    this.element = chosen.length === 1 ? first.labelTarget || first : null;
    const top = this.host.scrollTop;
    if (this.drawn !== this.element) {
      this.building = '';
      if (this.tab === 'comments') this.tab = 'what';
    }
    const wasOpen = new Map([...this.host.querySelectorAll('details')].map((one) => [one.firstChild.textContent, one.open]));
    const isSame = this.drawn === this.element;
    const held = isSame ? this.inHand() : null;
    this.host.replaceChildren(...(chosen.length > 1 ? [this.many(chosen)] : this.element ? this.parts() : this.overview()));
    if (isSame) {
      for (const one of this.host.querySelectorAll('details')) {
        if (wasOpen.has(one.firstChild.textContent)) one.open = wasOpen.get(one.firstChild.textContent);
      }
    }
    this.host.scrollTop = isSame ? top : 0;
    this.drawn = this.element;
    this.hold();
    if (held) this.putBack(held);
  }

  // The field in which somebody types stays in hand when the panel is drawn anew under it, e.g. because a
  // name that was being written on the drawing is taken over just then.
  inHand() {
    const fields = [...this.host.querySelectorAll('input, select, textarea')];
    const at = fields.indexOf(document.activeElement);
    if (at < 0) return null;
    const field = fields[at];
    return { at, value: field.value, isTyped: field.value !== field.defaultValue && 'defaultValue' in field };
  }

  putBack({ at, value, isTyped }) {
    const field = this.host.querySelectorAll('input, select, textarea')[at];
    if (!field || field.disabled) return;
    field.focus({ preventScroll: true });
    if (!isTyped) return;
    field.value = value; // written by us, so the browser itself will not tell of the change
    let isTold = false;
    field.addEventListener('change', () => { isTold = true; });
    field.addEventListener('blur', () => isTold || field.onchange(), { once: true });
  }

  // Locked parts are read and not changed; so are the branches that leave them.
  hold() {
    const zoneNow = this.element ? this.zoneOf(this.element) : '';
    if (!zoneNow) return;
    if (this.tab === 'comments') return; // whoever may not change a part may still speak of it
    for (const one of this.host.querySelectorAll('.part input, .part select, .part textarea, .part button')) {
      one.disabled = zoneNow !== 'adjustable' || !one.closest('[data-free]');
    }
  }

  /** locked, adjustable, beyond (what the simple mode does not edit), or "". */
  zoneOf(element) {
    if (is(element, 'bpmn:SequenceFlow')) return this.locks.zone(element.source) === 'locked' ? 'locked' : '';
    return this.locks.zone(element) || (!isFull() && isBeyondSimple(element) ? 'beyond' : '');
  }

  parts() {
    const element = this.element;
    const parts = [this.head(element)];
    const zoneNow = this.zoneOf(element);
    if (zoneNow === 'beyond') parts.push(make('p', { className: 'lock-note' }, t('Phần này sửa ở chế độ đầy đủ. Ở chế độ đơn giản nó được giữ nguyên.',
      'This part is edited in the full mode. In the simple mode it is kept as it is.')));
    else if (zoneNow) parts.push(this.lockNote(zoneNow));
    const note = { code: 'comments', name: t('Ghi chú', 'Comments'), mark: this.comments ? this.comments.open(element.id) : 0,
      draw: () => (this.comments ? this.comments.draw(element.id, this.nameOf(element)) : []) };
    const isStep = isAny(element, ['bpmn:Task', 'bpmn:CallActivity', 'bpmn:SubProcess']);
    const tabs = isStep ? stepTabs(element, this) : [{ code: 'what', name: t('Nội dung', 'Details'), draw: () => this.plain(element) }];
    parts.push(...tabList([...tabs, note], this.tab, t('Thông tin của phần đang chọn', 'About the chosen part'), (code) => {
      this.tab = code;
      this.draw();
    }));
    return parts;
  }

  plain(element) {
    if (is(element, 'bpmn:SequenceFlow')) return flowSections(element, this);
    if (is(element, 'bpmn:TextAnnotation')) {
      return [area(t('Nội dung', 'Text'), this.model.get(element, 'text'), (value) => this.edit(() => this.model.set(element, { text: value })))];
    }
    const parts = [section(t('Tên', 'Name'), true, ...names(element, this))];
    if (is(element, 'bpmn:Lane')) parts.push(this.laneRole(element));
    if (is(element, 'bpmn:FlowNode')) {
      parts.push(...eventSections(element, this));
      const [definition] = element.businessObject.get('eventDefinitions') || [];
      if (definition && is(definition, 'bpmn:MessageEventDefinition')) parts.push(section(t('Tin nhắn', 'Message'), false, ...messageFields(element, this)));
      const lock = zone(element, this);
      if (lock) parts.push(section(t('Phần khóa', 'Lock'), false, lock));
    }
    return parts;
  }

  /** A lane is a role: choosing one names the lane and gives it the steps in it that may be given. */
  laneRole(lane) {
    const steps = (lane.businessObject.get('flowNodeRef') || []).map((one) => this.model.registry.get(one.id))
      .filter((one) => one && is(one, 'bpmn:UserTask'));
    const held = new Set(steps.map((one) => this.model.get(one, 'mc:role')));
    const now = held.size === 1 ? [...held][0] : '';
    return section(t('Vai trò của làn', 'Role of the lane'), true, choice(t('Các bước trong làn do', 'The steps in it are done by'), now, [
      ['', t('— nhiều vai trò —', '— several roles —')],
      ...this.office.roles.map((one) => [one.code, said(one.name)]),
    ], (code) => {
      const role = this.office.roles.find((one) => one.code === code);
      if (!role) return;
      this.edit(() => {
        this.model.set(lane, { name: role.name.vi });
        this.model.setEnglish(lane, 'name', role.name.en || '');
        for (const one of steps) if (this.locks.zone(one) !== 'locked') this.model.set(one, { 'mc:role': code });
      }, true);
    }));
  }

  /** A boundary timer on a step, leading to a new end until it is connected elsewhere. */
  addDeadline(host) {
    const { modeling } = this.model;
    const definition = this.model.create('bpmn:TimerEventDefinition', { 'mc:clock': 'working' });
    definition.timeDuration = this.model.create('bpmn:FormalExpression', { body: 'P3D' });
    definition.timeDuration.$parent = definition;
    const made = this.model.create('bpmn:BoundaryEvent', { name: t('Quá hạn', 'Out of time'), eventDefinitions: [definition] });
    definition.$parent = made;
    const factory = this.modeler.get('elementFactory');
    const shape = factory.createShape({ type: 'bpmn:BoundaryEvent', businessObject: made });
    const event = modeling.createShape(shape, { x: host.x + host.width - 20, y: host.y + host.height }, host, { attach: true });
    modeling.appendShape(event, { type: 'bpmn:EndEvent' }, { x: host.x + host.width + 80, y: host.y + host.height + 90 }, host.parent);
    this.modeler.get('selection').select(event);
  }

  head(element) {
    const found = TYPES.find(([type]) => is(element, type));
    return make('header', { className: 'panel-head' },
      make('p', { className: 'hint' }, `${found ? found[1]() : t('Phần của sơ đồ', 'Part of the diagram')} · ${element.id}`),
      make('h2', {}, this.nameOf(element)),
      button(t('‹ Danh sách bước', '‹ List of steps'), () => this.modeler.get('selection').select(null), 'btn plain small'));
  }

  nameOf(element) {
    const vi = is(element, 'bpmn:TextAnnotation') ? '' : this.model.get(element, 'name') || '';
    return said({ vi, en: this.model.english(element, 'name') }) || t('Chưa đặt tên', 'Not named yet');
  }

  lockNote(zoneNow) {
    return make('p', { className: 'lock-note' }, zoneNow === 'locked'
      ? t(`Phần này do bộ quy trình chuẩn khóa${this.by()}: xem được, không sửa được.`,
        `The standard set has locked this part${this.by()}: it can be read, not changed.`)
      : t(`Bộ quy trình chuẩn${this.by()} chỉ cho đổi người làm, số giờ và việc cần làm.`,
        `The standard set${this.by()} lets you change who does it, the hours and what to do.`));
  }

  by() {
    return this.office.lockedBy ? ` (${this.office.lockedBy})` : '';
  }

  many(chosen) {
    return make('p', { className: 'hint panel-empty' }, t(`Đang chọn ${chosen.length} phần. Chọn một phần để sửa.`,
      `${chosen.length} parts are chosen. Choose one to edit it.`));
  }

  // Nothing chosen: the procedure itself, and its steps as a list for the keyboard.
  overview() {
    const root = this.modeler.get('canvas').getRootElement();
    const parts = [make('header', { className: 'panel-head' },
      make('p', { className: 'hint' }, t('Quy trình', 'Procedure')),
      make('h2', {}, said(this.office.title)),
      make('p', { className: 'hint' }, t('Chọn một phần của sơ đồ, hoặc một bước dưới đây.', 'Choose a part of the diagram, or a step below.')))];
    const lines = this.model.steps().map((one) => {
      const role = this.office.roles.find((known) => known.code === this.model.get(one, 'mc:role'));
      const hours = this.model.get(one, 'mc:hours');
      const facts = [role ? said(role.name) : t('chưa giao vai trò', 'no role yet'),
        hours && t(`${hours.replace('.', ',')} giờ`, `${hours} h`)].filter(Boolean).join(' · ');
      const name = this.nameOf(one);
      const line = button('', () => this.onChoose(one.id), 'step-line');
      line.append(make('b', {}, name), make('small', {}, facts));
      return make('li', {}, line);
    });
    parts.push(make('ol', { className: 'step-list' }, ...lines));
    if (root && is(root, 'bpmn:Process')) {
      parts.push(section(t('Tên trong sơ đồ', 'Name in the diagram'), false, ...names(root, this)));
    }
    return parts;
  }
}
