// A picture of a procedure that can be moved and zoomed.
//
//   <div data-diagram="/designer/revisions/4/xml" data-marks='{"T3":"now"}'>…the still picture…</div>
//
// The still picture inside stays when this script, or the drawing, cannot be loaded.

import './viewer.css';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

for (const host of document.querySelectorAll('[data-diagram]')) show(host);

async function show(host) {
  const answer = await fetch(host.dataset.diagram, { credentials: 'same-origin' });
  if (!answer.ok) return;
  const canvas = document.createElement('div');
  canvas.className = 'diagram-canvas';
  host.append(canvas);
  const viewer = new NavigatedViewer({ container: canvas });
  try {
    await viewer.importXML(await answer.text());
  } catch {
    canvas.remove(); // the still picture is better than an error
    return;
  }
  for (const child of [...host.children]) if (child !== canvas) child.hidden = true;
  const registry = viewer.get('elementRegistry');
  for (const [id, mark] of Object.entries(JSON.parse(host.dataset.marks || '{}'))) {
    if (registry.get(id)) viewer.get('canvas').addMarker(id, `mark-${mark}`);
  }
  viewer.get('canvas').zoom('fit-viewport', 'auto');
}
