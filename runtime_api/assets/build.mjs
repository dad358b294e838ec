// Builds the browser assets: src/ and the pinned packages of node_modules → ../static/dist/.
//
//   npm ci && node build.mjs
//
// Every file gets a hashed name (cached for ever) and a .gz beside it (slow lines). manifest.json says
// which file is which; THIRD-PARTY-NOTICES.txt carries the licence of every package that was built in.
// Nothing of the result is committed.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import esbuild from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const TARGET = join(HERE, '..', 'static', 'dist');
const FRESH = `${TARGET}.new`; // a page that is served meanwhile never sees a half-built folder
const PACKAGES = join(HERE, 'node_modules');

const SHARED = {
  absWorkingDir: HERE,
  bundle: true,
  minify: true,
  metafile: true,
  outdir: FRESH,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  target: ['chrome90', 'firefox90', 'safari15'],
  legalComments: 'none', // the licences stand in full in THIRD-PARTY-NOTICES.txt
  logLevel: 'warning',
  loader: { '.svg': 'empty', '.woff2': 'file', '.woff': 'empty', '.ttf': 'empty', '.eot': 'empty' },
};

rmSync(FRESH, { recursive: true, force: true });
mkdirSync(FRESH, { recursive: true });

const manifest = {};
const used = new Set();

for (const entry of ['designer.js', 'viewer.js', 'fonts.css']) {
  const built = await esbuild.build({ ...SHARED, format: 'iife', entryPoints: [`src/${entry}`] });
  take(built.metafile);
}
copy('htmx.org/dist/htmx.min.js', 'htmx.js');

const sorted = Object.fromEntries(Object.entries(manifest).sort());
writeFileSync(join(FRESH, 'manifest.json'), `${JSON.stringify(sorted, null, 2)}\n`);
writeFileSync(join(FRESH, 'THIRD-PARTY-NOTICES.txt'), notices());
report(compress());
rmSync(TARGET, { recursive: true, force: true });
renameSync(FRESH, TARGET);

// Enter the outputs of one build into the manifest, and remember which packages went in.
function take(metafile) {
  for (const [path, output] of Object.entries(metafile.outputs)) {
    if (!output.entryPoint) continue;
    const file = path.split('/').pop();
    const stem = output.entryPoint.split('/').pop().replace(/\.\w+$/, '');
    manifest[`${stem}${file.slice(file.lastIndexOf('.'))}`] = file;
    if (output.cssBundle) manifest[`${stem}.css`] = output.cssBundle.split('/').pop();
  }
  for (const path of Object.keys(metafile.inputs)) {
    const parts = path.split('/');
    const at = parts.lastIndexOf('node_modules');
    if (at >= 0) used.add(parts.slice(at + 1, at + (parts[at + 1].startsWith('@') ? 3 : 2)).join('/'));
  }
}

// Take a file that a package ships ready-made, under a hashed name.
function copy(path, name) {
  const bytes = readFileSync(join(PACKAGES, ...path.split('/')));
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase();
  manifest[name] = name.replace(/(\.\w+)$/, `-${hash}$1`);
  writeFileSync(join(FRESH, manifest[name]), bytes);
  used.add(path.split('/')[0]);
}

function notices() {
  const parts = [...used].sort().map((name) => {
    const folder = join(PACKAGES, ...name.split('/'));
    const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
    if (!licence) throw new Error(`expected a licence file in ${folder.split(sep).pop()}, but there is none`);
    const text = readFileSync(join(folder, licence), 'utf8').trim();
    return `${'='.repeat(78)}\n${name} ${about.version} (${about.license})\n${'='.repeat(78)}\n\n${text}\n`;
  });
  return `The pages of Một Cửa carry these works of others, each under its own licence.\n\n${parts.join('\n')}`;
}

function compress() {
  const sizes = [];
  for (const file of readdirSync(FRESH)) {
    if (!/\.(js|css)$/.test(file)) continue; // woff2 is compressed already
    const bytes = readFileSync(join(FRESH, file));
    const packed = gzipSync(bytes, { level: 9 });
    writeFileSync(join(FRESH, `${file}.gz`), packed);
    sizes.push([file, bytes.length, packed.length]);
  }
  return sizes;
}

function report(sizes) {
  const kib = (bytes) => (bytes / 1024).toFixed(1).padStart(7);
  for (const [file, raw, packed] of sizes) console.log(`${kib(raw)} KiB ${kib(packed)} KiB gz  ${file}`);
  if (!existsSync(join(FRESH, 'manifest.json'))) process.exitCode = 1;
}
