// Reading and writing what the office says about an element, always as commands that can be undone.

import { is } from 'bpmn-js/lib/util/ModelUtil';

export class Model {
  constructor(modeler) {
    this.modeling = modeler.get('modeling');
    this.factory = modeler.get('bpmnFactory');
    this.registry = modeler.get('elementRegistry');
    this.modeler = modeler;
  }

  get(element, name) {
    return element.businessObject.get(name);
  }

  set(element, values) {
    const tidy = Object.entries(values).map(([name, value]) => [name, value === '' || value === false ? undefined : value]);
    this.modeling.updateProperties(element, Object.fromEntries(tidy));
  }

  /** Set attributes of an object that belongs to `element`, such as one of its outcomes. */
  setOf(element, owned, values) {
    const tidy = Object.entries(values).map(([name, value]) => [name, value === '' || value === false ? undefined : value]);
    this.modeling.updateModdleProperties(element, owned, Object.fromEntries(tidy));
  }

  /** The extension elements of one type, in order. */
  extensions(element, type) {
    const holder = element.businessObject.get('extensionElements');
    return ((holder && holder.get('values')) || []).filter((one) => one.$type === type);
  }

  /** Replace the extension elements of one type; the others stay where they are. */
  setExtensions(element, type, wanted) {
    const owner = element.businessObject;
    const old = owner.get('extensionElements');
    const others = ((old && old.get('values')) || []).filter((one) => one.$type !== type);
    const values = [...others, ...wanted];
    if (!values.length) {
      this.modeling.updateModdleProperties(element, owner, { extensionElements: undefined });
      return;
    }
    const holder = this.factory.create('bpmn:ExtensionElements', { values });
    holder.$parent = owner;
    for (const one of values) one.$parent = holder;
    this.modeling.updateModdleProperties(element, owner, { extensionElements: holder });
  }

  create(type, values) {
    return this.factory.create(type, values);
  }

  documentation(element) {
    const [first] = element.businessObject.get('documentation') || [];
    return (first && first.get('text')) || '';
  }

  setDocumentation(element, text) {
    const found = text ? [this.create('bpmn:Documentation', { text })] : [];
    for (const one of found) one.$parent = element.businessObject;
    this.modeling.updateModdleProperties(element, element.businessObject, { documentation: found });
  }

  /** One of the English texts: "name", "documentation" or "public". */
  english(element, name) {
    const found = this.extensions(element, 'mc:Text').find((one) => one.get('lang') === 'en');
    return (found && found.get(name)) || '';
  }

  setEnglish(element, name, value) {
    const texts = this.extensions(element, 'mc:Text');
    const found = texts.find((one) => one.get('lang') === 'en');
    if (found) {
      const left = ['name', 'documentation', 'public'].some((key) => (key === name ? value : found.get(key)));
      if (left) this.setOf(element, found, { [name]: value });
      else this.setExtensions(element, 'mc:Text', texts.filter((one) => one !== found));
    } else if (value) {
      this.setExtensions(element, 'mc:Text', [...texts, this.create('mc:Text', { lang: 'en', [name]: value })]);
    }
  }

  publicText(element) {
    const [first] = this.extensions(element, 'mc:Public');
    return (first && first.get('body')) || '';
  }

  setPublicText(element, body) {
    this.setExtensions(element, 'mc:Public', body ? [this.create('mc:Public', { body })] : []);
  }

  /** The lines of "what to do" in one language. */
  todo(element, lang) {
    return this.extensions(element, 'mc:Do')
      .filter((one) => (one.get('lang') || 'vi') === lang)
      .map((one) => one.get('body') || '');
  }

  setTodo(element, lang, lines) {
    const others = this.extensions(element, 'mc:Do').filter((one) => (one.get('lang') || 'vi') !== lang);
    const wanted = lines.map((body) => this.create('mc:Do', lang === 'vi' ? { body } : { lang, body }));
    this.setExtensions(element, 'mc:Do', lang === 'vi' ? [...wanted, ...others] : [...others, ...wanted]);
  }

  /** Every step of the drawing that stores a decision. */
  decisions() {
    return this.registry
      .filter((one) => !one.labelTarget && one.businessObject && is(one.businessObject, 'bpmn:FlowNode'))
      .filter((one) => this.get(one, 'mc:decision') && this.extensions(one, 'mc:Outcome').length);
  }

  /** Decisions as seen from a point of the drawing: those nearest before it first. */
  decisionsBefore(start) {
    const all = new Set(this.decisions());
    const found = [];
    const seen = new Set();
    let ring = [start];
    while (ring.length) {
      const next = [];
      for (const one of ring) {
        if (!one || seen.has(one)) continue;
        seen.add(one);
        if (all.delete(one)) found.push(one);
        next.push(...(one.incoming || []).map((flow) => flow.source));
        if (one.host) next.push(one.host);
      }
      ring = next;
    }
    return [...found, ...all];
  }

  /**
   * The named root element (message, signal, error) of an event; made when nobody has that name yet.
   * `code` is the attribute by which errors and escalations are compared; one drawn without gets its name.
   */
  setReference(element, definition, property, type, name, code = '') {
    const definitions = this.modeler.getDefinitions();
    const roots = definitions.get('rootElements');
    const called = (one) => (code && one.get(code)) || one.get('name');
    let found = roots.find((one) => one.$type === type && called(one) === name);
    if (found && code && !found.get(code)) this.modeling.updateModdleProperties(element, found, { [code]: name });
    if (!found && name) {
      found = this.create(type, code ? { name, [code]: name } : { name });
      found.$parent = definitions;
      this.modeling.updateModdleProperties(element, definitions, { rootElements: [...roots, found] });
    }
    this.modeling.updateModdleProperties(element, definition, { [property]: found || undefined });
  }

  /** The steps as one reads them: from left to right, rows from top to bottom. */
  steps() {
    return this.registry
      .filter((one) => !one.labelTarget && one.businessObject && is(one.businessObject, 'bpmn:Activity'))
      .sort((a, b) => a.x - b.x || a.y - b.y);
  }
}
