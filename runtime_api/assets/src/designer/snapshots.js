// Changes that the server makes to the whole drawing (repairs, lanes, layout) as steps that can be undone too.
//
// The library forgets its own undo steps when a drawing is opened. So the drawing before is kept, and undo goes
// back to it once there is nothing else to undo.

export class Snapshots {
  constructor(modeler, onReplaced) {
    Object.assign(this, { modeler, onReplaced, before: [], after: [] });
    this.stack = modeler.get('commandStack');
    const actions = modeler.get('editorActions');
    for (const name of ['undo', 'redo']) {
      actions.unregister(name);
      actions.register(name, () => this[name]());
    }
    modeler.on('commandStack.changed', ({ trigger }) => {
      if (trigger === 'execute') this.after = [];
    });
  }

  get canUndo() {
    return this.stack.canUndo() || this.before.length > 0;
  }

  get canRedo() {
    return this.stack.canRedo() || this.after.length > 0;
  }

  async replace(xml) {
    this.before.push(await this.now());
    this.after = [];
    await this.open(xml);
  }

  async undo() {
    if (this.stack.canUndo()) this.stack.undo();
    else if (this.before.length) {
      this.after.push(await this.now());
      await this.open(this.before.pop());
    }
  }

  async redo() {
    if (this.stack.canRedo()) this.stack.redo();
    else if (this.after.length) {
      this.before.push(await this.now());
      await this.open(this.after.pop());
    }
  }

  async now() {
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  async open(xml) {
    const canvas = this.modeler.get('canvas');
    const seen = canvas.viewbox();
    await this.modeler.importXML(xml);
    canvas.viewbox({ x: seen.x, y: seen.y, width: seen.width, height: seen.height });
    this.onReplaced();
  }
}
