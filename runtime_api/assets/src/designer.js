// The editor of procedures: the drawing, the panel beside it, and the linter's sentences below.
//
// The page gives its facts as JSON in #editor-facts. Until this script has run, and wherever it cannot, the
// page shows the still picture and the table of steps instead.

import './designer.css';
import { CreateAppendAnythingModule } from 'bpmn-js-create-append-anything';
import Modeler from 'bpmn-js/lib/Modeler';
import { lettersReady, looks } from './diagram.js';
import descriptor from './designer/descriptor.json';
import { Findings } from './designer/findings.js';
import { kindsModule } from './designer/kinds.js';
import { locksModule } from './designer/locks.js';
import { Model } from './designer/model.js';
import { Panel } from './designer/panel.js';
import { Saving } from './designer/saving.js';
import { missing, speak, t, wordsModule } from './designer/words.js';

const LEAST_ZOOM = 0.72; // smaller, the words in the boxes cannot be read
const facts = document.getElementById('editor-facts');
if (facts) start(JSON.parse(facts.dataset.facts));

async function start(office) {
  speak(office.lang);
  const part = (name) => document.querySelector(`[data-editor="${name}"]`);
  const [answer] = await Promise.all([fetch(office.urls.xml, { credentials: 'same-origin' }), lettersReady()]);
  if (!answer.ok) return; // the still picture stays
  const xml = await answer.text();

  reveal(part, true);
  const modeler = new Modeler({
    ...looks,
    container: part('canvas'),
    office,
    overlays: { defaults: { show: { minZoom: 0.2, maxZoom: 5 } } }, // badges stay when zoomed out
    moddleExtensions: { mc: descriptor },
    additionalModules: [wordsModule, CreateAppendAnythingModule, kindsModule, locksModule],
  });
  const canvas = modeler.get('canvas');
  const choose = (id) => show(modeler, id, part('panel'));
  const model = new Model(modeler);
  new Panel(modeler, { host: part('panel'), model, office, onChoose: choose });

  try {
    await modeler.importXML(xml);
  } catch (error) {
    reveal(part, false);
    part('notice').textContent = t(`Không mở được bản vẽ để sửa: ${error.message}`, `The drawing cannot be opened: ${error.message}`);
    part('notice').hidden = false;
    return;
  }
  fit(canvas, LEAST_ZOOM);
  const findings = new Findings(modeler, {
    url: office.urls.lint, token: office.token, list: part('findings'), summary: part('summary'), onChoose: choose,
  });
  findings.check();
  edit(modeler, office, part, findings);
  part('fit').onclick = () => fit(canvas, 0);
  part('closer').onclick = () => canvas.zoom(Math.min(canvas.zoom() * 1.25, 4), 'auto');
  part('farther').onclick = () => canvas.zoom(Math.max(canvas.zoom() / 1.25, 0.2), 'auto');
  Object.assign(window, { motcuaEditor: { modeler, missing, model } }); // for the browser's console and tests
  document.documentElement.dataset.editor = 'ready';
}

// The still picture and table give way to the editor, or come back.
function reveal(part, isOn) {
  document.documentElement.classList.toggle('has-editor', isOn);
  for (const name of ['tools', 'frame']) part(name).hidden = !isOn;
}

function edit(modeler, office, part, findings) {
  const saving = new Saving(modeler, {
    url: office.urls.save, token: office.token, version: office.version, revision: office.revision,
    status: part('status'), notice: part('notice'),
  });
  const stack = modeler.get('commandStack');
  const save = async () => {
    const said = await saving.save();
    if (said && said.findings) findings.show(said);
  };
  part('save').onclick = save;
  part('undo').onclick = () => stack.undo();
  part('redo').onclick = () => stack.redo();
  modeler.on('commandStack.changed', () => {
    part('undo').disabled = !stack.canUndo();
    part('redo').disabled = !stack.canRedo();
  });
  addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
      event.preventDefault();
      save();
    }
  });
  offerKept(modeler, saving, part('notice'));
}

// A drawing that was kept on this computer and never reached the server.
function offerKept(modeler, saving, notice) {
  const kept = saving.kept();
  if (!kept) return;
  const when = new Date(kept.at).toLocaleString(t('vi-VN', 'en-GB'));
  const words = document.createElement('p');
  words.textContent = t(`Trên máy này còn một bản vẽ chưa lưu lên máy chủ (lúc ${when}).`,
    `This computer has a drawing that was never saved on the server (${when}).`);
  const open = Object.assign(document.createElement('button'), {
    type: 'button', className: 'btn', textContent: t('Mở bản đó', 'Open it'),
    onclick: async () => {
      await modeler.importXML(kept.xml);
      fit(modeler.get('canvas'), LEAST_ZOOM);
      notice.hidden = true;
      saving.changed();
    },
  });
  const drop = Object.assign(document.createElement('button'), {
    type: 'button', className: 'btn', textContent: t('Bỏ bản đó', 'Drop it'),
    onclick: () => {
      saving.forget();
      notice.hidden = true;
    },
  });
  notice.replaceChildren(words, open, drop);
  notice.hidden = false;
}

function fit(canvas, least) {
  canvas.zoom('fit-viewport', 'auto');
  const zoom = Math.min(Math.max(canvas.zoom() * 0.92, least), 1);
  const box = canvas.viewbox();
  const inner = box.inner;
  const palette = document.querySelector('.djs-palette');
  const left = ((palette ? palette.offsetWidth : 0) + 26) / zoom; // so much is covered
  const width = box.outer.width / zoom;
  const height = box.outer.height / zoom;
  canvas.viewbox({
    x: Math.min(inner.x - left, inner.x + inner.width / 2 - width / 2),
    y: inner.height < height ? inner.y + inner.height / 2 - height / 2 : inner.y - 30 / zoom,
    width,
    height,
  });
}

function show(modeler, id, panel) {
  const element = modeler.get('elementRegistry').get(id);
  const canvas = modeler.get('canvas');
  if (!element || element === canvas.getRootElement()) {
    modeler.get('selection').select(null);
  } else {
    modeler.get('selection').select(element);
    canvas.scrollToElement(element, { top: 90, bottom: 90, left: 110, right: 60 });
  }
  panel.scrollIntoView({ block: 'nearest' });
}
