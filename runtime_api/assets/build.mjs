// Builds the browser assets: src/ and the pinned packages of node_modules → ../static/dist/.
//
//   npm ci && node build.mjs
//
// Every file gets a hashed name (cached for ever), a .gz and a .br beside it (slow lines). manifest.json says
// which file is which; THIRD-PARTY-NOTICES.txt carries the licence of every package that was built in.
// Our own style and scripts of ../static are made smaller beside them: own-NAME-<sha256 of the source, 10>. A page
// gets that one as long as the source is what was built, else the source. Nothing of the result is committed.

import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import esbuild from 'esbuild';
import subsetFont from 'subset-font';

const HERE = dirname(fileURLToPath(import.meta.url));
const OWN = join(HERE, '..', 'static');
const TARGET = join(OWN, 'dist');
const FRESH = `${TARGET}.new`; // a page that is served meanwhile never sees a half-built folder
const PACKAGES = join(HERE, 'node_modules');
const TYPEFACE = join(HERE, '..', '..', 'engine', 'documents', 'fonts'); // of the papers; PDF embeds them

// The letters of Vietnamese and English, and the signs that pages write: 33 KiB of a weight become 11.
const LETTERS = [
  [0x20, 0x7e], [0xa0, 0xa0], [0xa7, 0xa7], [0xab, 0xab], [0xb0, 0xb0], [0xb2, 0xb3], [0xb7, 0xb7], [0xbb, 0xbb],
  [0xc0, 0xff], [0x102, 0x103], [0x110, 0x111], [0x128, 0x129], [0x168, 0x169], [0x1a0, 0x1a1], [0x1af, 0x1b0],
  [0x300, 0x303], [0x309, 0x309], [0x323, 0x323], [0x1ea0, 0x1ef9], [0x2010, 0x2015], [0x2018, 0x201e],
  [0x2022, 0x2022], [0x2026, 0x2026], [0x20ab, 0x20ac],
].flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, at) => String.fromCodePoint(from + at))).join('');

const lighterLetters = {
  name: 'lighter letters',
  setup(build) {
    build.onLoad({ filter: /be-vietnam-pro-.*\.woff2$/ }, async ({ path }) => ({
      contents: await subsetFont(readFileSync(path), LETTERS, {
        targetFormat: 'woff2', noHinting: true, keepFeatures: ['tnum'],
      }),
      loader: 'file',
    }));
  },
};

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
  plugins: [lighterLetters],
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
for (const file of readdirSync(OWN).filter((name) => /\.(js|css)$/.test(name))) await lighten(file);
copy('htmx.org/dist/htmx.min.js', 'htmx.js');
typeface('@fontsource/tinos', 'tinos', ['latin', 'vietnamese', 'latin-ext'], ['400', '700']);

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

// Take the comments and blanks out of a file of ours; runtime_api/static_files.py finds it by the source's hash.
async function lighten(file) {
  const source = readFileSync(join(OWN, file));
  const [, stem, suffix] = /^(.*)\.(js|css)$/.exec(file);
  const { code } = await esbuild.transform(source.toString(), { loader: suffix, minify: true, target: SHARED.target });
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 10);
  writeFileSync(join(FRESH, `own-${stem}-${hash}.${suffix}`), code);
}

// Put a typeface where the makers of PDF look for it.
function typeface(name, stem, parts, weights) {
  mkdirSync(TYPEFACE, { recursive: true });
  for (const part of parts) {
    for (const weight of weights) {
      for (const style of ['normal', 'italic']) {
        const file = `${stem}-${part}-${weight}-${style}.woff2`;
        copyFileSync(join(PACKAGES, ...name.split('/'), 'files', file), join(TYPEFACE, file));
      }
    }
  }
  used.add(name);
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
    writeFileSync(join(FRESH, `${file}.br`), brotliCompressSync(bytes));
    sizes.push([file, bytes.length, packed.length]);
  }
  return sizes;
}

function report(sizes) {
  const kib = (bytes) => (bytes / 1024).toFixed(1).padStart(7);
  for (const [file, raw, packed] of sizes) console.log(`${kib(raw)} KiB ${kib(packed)} KiB gz  ${file}`);
  if (!existsSync(join(FRESH, 'manifest.json'))) process.exitCode = 1;
}
