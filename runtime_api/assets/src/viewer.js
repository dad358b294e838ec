// A picture of a procedure that can be moved and zoomed.
//
//   <div data-diagram="/designer/revisions/4/xml" data-marks='{"T3":"now"}'>
//     …the still picture… <button type="button" data-diagram-open hidden>Zoom</button>
//   </div>
//
// With a button the drawing waits for it, else it comes at once. The still picture stays when this script,
// or the drawing, cannot be loaded. Zooming by wheel needs Ctrl, so that the page still scrolls.

import './viewer.css';
import Viewer from 'bpmn-js/lib/Viewer';
import MoveCanvas from 'diagram-js/lib/navigation/movecanvas';
import { lettersReady, looks } from './diagram.js';

const LEAST_ZOOM = 0.55;

for (const host of document.querySelectorAll('[data-diagram]')) {
  const button = host.querySelector('[data-diagram-open]');
  if (button) {
    button.hidden = false;
    button.onclick = () => show(host);
  } else {
    show(host);
  }
}

async function show(host) {
  const [answer] = await Promise.all([fetch(host.dataset.diagram, { credentials: 'same-origin' }), lettersReady()]);
  if (!answer.ok) return;
  const canvasHost = document.createElement('div');
  canvasHost.className = 'diagram-canvas';
  host.append(canvasHost);
  const still = [...host.children].filter((child) => child !== canvasHost);
  const viewer = new Viewer({ ...looks, container: canvasHost, additionalModules: [MoveCanvas] });
  try {
    await viewer.importXML(await answer.text());
  } catch {
    canvasHost.remove(); // the still picture is better than an error
    return;
  }
  for (const child of still) child.setAttribute('hidden', ''); // an SVG has no property of that name
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  for (const [id, mark] of Object.entries(JSON.parse(host.dataset.marks || '{}'))) {
    if (registry.get(id)) canvas.addMarker(id, `mark-${mark}`);
  }
  place(canvas);
  canvasHost.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    canvas.zoom(Math.min(Math.max(canvas.zoom() * (event.deltaY < 0 ? 1.15 : 0.87), 0.2), 4));
  }, { passive: false });
  host.dataset.ready = 'true';
}

function place(canvas) {
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() >= LEAST_ZOOM) return;
  const { inner, outer } = canvas.viewbox(); // too wide to read as a whole: begin at the beginning
  const [width, height] = [outer.width / LEAST_ZOOM, outer.height / LEAST_ZOOM];
  const y = inner.height > height ? inner.y - 10 : inner.y + inner.height / 2 - height / 2;
  canvas.viewbox({ x: inner.x - 20, y, width, height });
}
