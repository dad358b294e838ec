// The editor of procedures: the drawing, the panel beside it, and the linter's sentences below.
//
// The page gives its facts as JSON in #editor-facts. Until this script has run, and wherever it cannot, the
// page shows the still picture and the table of steps instead.

import './designer.css';
import { CreateAppendAnythingModule } from 'bpmn-js-create-append-anything';
import Modeler from 'bpmn-js/lib/Modeler';
import MinimapModule from 'diagram-js-minimap';
import { lettersReady, looks } from './diagram.js';
import { clipboardModule } from './designer/clipboard.js';
import { Comments } from './designer/comments.js';
import descriptor from './designer/descriptor.json';
import { Findings } from './designer/findings.js';
import { kindsModule } from './designer/kinds.js';
import { locksModule } from './designer/locks.js';
import { isFull, setFull } from './designer/mode.js';
import { Model } from './designer/model.js';
import { mendModdle } from './designer/moddle.js';
import { Panel } from './designer/panel.js';
import { Presence } from './designer/presence.js';
import { Saving } from './designer/saving.js';
import { post, useToken } from './designer/server.js';
import { Snapshots } from './designer/snapshots.js';
import { missing, speak, t, wordsModule } from './designer/words.js';

const LEAST_ZOOM = 0.72; // smaller, the words in the boxes cannot be read
const facts = document.getElementById('editor-facts');
if (facts) start(JSON.parse(facts.dataset.facts));

async function start(office) {
  performance.mark('motcua-begun');
  speak(office.lang);
  useToken(office.token);
  const part = (name) => document.querySelector(`[data-editor="${name}"]`);
  const [answer] = await Promise.all([fetch(`${office.urls.xml}?drawn=1`, { credentials: 'same-origin' }), lettersReady()]);
  if (!answer.ok) return; // the still picture stays
  const xml = await answer.text();

  performance.mark('motcua-fetched');
  reveal(part, true);
  const modeler = new Modeler({
    ...looks,
    container: part('canvas'),
    office,
    overlays: { defaults: { show: { minZoom: 0.2, maxZoom: 5 } } }, // badges stay when zoomed out
    moddleExtensions: { mc: descriptor },
    additionalModules: [wordsModule, CreateAppendAnythingModule, MinimapModule, clipboardModule, kindsModule, locksModule],
  });
  mendModdle(modeler.get('moddle'));
  const canvas = modeler.get('canvas');
  const choose = (id) => show(modeler, id, part('panel'));
  const model = new Model(modeler);
  const panel = new Panel(modeler, { host: part('panel'), model, office, onChoose: choose });

  try {
    await modeler.importXML(xml);
  } catch (error) {
    reveal(part, false);
    part('notice').textContent = t(`Không mở được bản vẽ để sửa: ${error.message}`, `The drawing cannot be opened: ${error.message}`);
    part('notice').hidden = false;
    return;
  }
  fit(canvas, LEAST_ZOOM);
  panel.comments = new Comments(modeler, { url: office.urls.said, onChange: () => panel.tab === 'comments' && panel.draw() });
  edit(modeler, office, part, choose);
  view(modeler, part, panel);
  Object.assign(window, { motcuaEditor: { modeler, missing, model } }); // for the browser's console and tests
  performance.mark('motcua-opened');
  document.documentElement.dataset.editor = 'ready';
}

// The still picture and table give way to the editor, or come back.
function reveal(part, isOn) {
  document.documentElement.classList.toggle('has-editor', isOn);
  for (const name of ['tools', 'frame']) part(name).hidden = !isOn;
}

function edit(modeler, office, part, choose) {
  let presence = null;
  const saving = new Saving(modeler, {
    url: office.urls.save, version: office.version, revision: office.revision, copy: office.copy,
    status: part('status'), notice: part('notice'), mayAuto: () => !presence || presence.isMine,
  });
  const findings = new Findings(modeler, {
    urls: office.urls, list: part('findings'), summary: part('summary'), total: part('total'), scenarios: part('scenarios'), onChoose: choose,
    onMend: (repair, answer) => replaced(office.urls.mend_drawing, { repair, answer }),
  });
  const tellButtons = () => {
    part('undo').disabled = !snapshots.canUndo;
    part('redo').disabled = !snapshots.canRedo;
  };
  const snapshots = new Snapshots(modeler, () => {
    saving.changed();
    findings.check();
    tellButtons();
  });
  modeler.on('commandStack.changed', tellButtons);
  // What the server makes of the drawing takes its place; undo brings the one before back.
  const replaced = async (url, more) => {
    try {
      const { xml } = await post(url, { xml: await snapshots.now(), ...more });
      await snapshots.replace(xml);
    } catch (error) {
      say(part('notice'), error.message || t('Mất kết nối: chưa làm được.', 'No connection: not done.'));
    }
  };
  const save = async () => {
    if (presence && !presence.isMine) {
      await presence.beat(); // it may be free by now
      if (!presence.isMine) return part('presence').querySelector('button').focus();
    }
    const said = await saving.save();
    return said && said.findings && findings.show(said);
  };
  part('save').onclick = save;
  part('undo').onclick = () => snapshots.undo();
  part('redo').onclick = () => snapshots.redo();
  part('lanes').onclick = () => replaced(office.urls.arranged, { lanes: true });
  part('arrange').onclick = () => replaced(office.urls.arranged, {});
  part('problems').checked = findings.isShown;
  part('problems').onchange = () => findings.toggle(part('problems').checked);
  addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
      event.preventDefault();
      save();
    }
  });
  findings.check();
  if (!office.copy) {
    presence = new Presence({
      url: office.urls.present, copyUrl: office.urls.copy_it, saving, banner: part('presence'), drawing: () => snapshots.now(),
      onNewer: (said) => newer(said, { saving, snapshots, office, notice: part('notice'), findings, modeler }),
    });
    presence.token = office.token;
  }
  offerKept(modeler, saving, part('notice'));
}

// The draft was saved elsewhere, e.g. in the table of steps: taken over when nothing here is unsaved.
async function newer(said, { saving, office, notice, findings, modeler }) {
  if (saving.isDirty) return; // saving will say so, and lose nothing
  const answer = await fetch(`${office.urls.xml}?drawn=1`, { credentials: 'same-origin' });
  if (!answer.ok || saving.isDirty) return;
  await modeler.importXML(await answer.text());
  saving.version = said.version;
  saving.isDirty = false;
  findings.check();
  say(notice, t(`Bản vẽ đã cập nhật: ${said.saved_by} – ${said.saved_how}.`, `The drawing was updated: ${said.saved_by} – ${said.saved_how}.`));
}

function say(notice, words) {
  notice.textContent = words;
  notice.hidden = false;
}

// Zoom, print, and the two modes.
function view(modeler, part, panel) {
  const canvas = modeler.get('canvas');
  part('fit').onclick = () => fit(canvas, 0);
  part('closer').onclick = () => canvas.zoom(Math.min(canvas.zoom() * 1.25, 4), 'auto');
  part('farther').onclick = () => canvas.zoom(Math.max(canvas.zoom() / 1.25, 0.2), 'auto');
  part('print').onclick = () => print();
  matchMedia('print').addEventListener('change', () => { // the sheet is as wide as the paper, then as the screen
    canvas.resized();
    canvas.zoom('fit-viewport', 'auto');
  });
  const menu = document.querySelector('.editor-more');
  const close = () => { menu.open = false; };
  addEventListener('pointerdown', (event) => menu.contains(event.target) || close(), true);
  menu.addEventListener('click', (event) => event.target.closest('button') && close());
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    close();
    menu.querySelector('summary').focus();
  });
  const mode = part('full');
  mode.checked = isFull();
  mode.onchange = () => {
    setFull(mode.checked);
    modeler.get('palette')._update();
    modeler.get('officeLocks').mark();
    panel.draw();
  };
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
      if (kept.version !== saving.version) say(notice, t('Bản nháp trên máy chủ đã có thay đổi khác; xem kỹ trước khi lưu.', 'The draft on the server has other changes; look well before saving.'));
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
