// Builds the page into `dist/`: one gzipped file per asset, named by its content, and a manifest. The same source gives
// the same bytes on every machine: the compressor is a pinned package, since Node's own differs between versions.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { gzipSync } from 'fflate';

const root = fileURLToPath(new URL('.', import.meta.url));
const types = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' };

/** Bundles the page; answers every file's name and bytes, the page itself first. */
export async function bundle({ minify = true } = {}) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: { app: 'src/main.tsx' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['es2022'],
    minify,
    entryNames: '[name].[hash]',
    chunkNames: '[name].[hash]',
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const files = result.outputFiles.map((file) => ({ name: basename(file.path), bytes: file.contents }));
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  const entry = (ending) => files.find((file) => file.name.startsWith('app.') && file.name.endsWith(ending)).name;
  const page = (await readFile(join(root, 'index.html'), 'utf8'))
    .replaceAll('%APP_JS%', `assets/${entry('.js')}`)
    .replaceAll('%APP_CSS%', `assets/${entry('.css')}`);
  return [{ name: 'index.html', bytes: Buffer.from(page) }, ...files];
}

/** The page of reports, in one file: its policy names the hashes of its style and its script, and lets nothing else in. */
export async function bundleReport({ minify = true } = {}) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: { report: 'src/report/main.tsx' },
    outdir: 'dist',
    bundle: true,
    format: 'iife',
    target: ['es2022'],
    minify,
    legalComments: 'none',
    charset: 'utf8',
    write: false,
    logLevel: 'warning',
  });
  const text = (ending) => result.outputFiles.find((file) => file.path.endsWith(ending)).text.trim();
  const [js, css] = [text('.js'), text('.css')];
  if (/<\/script|<!--/i.test(js) || /<\/style/i.test(css)) throw new Error('the report would end its own element');
  const hash = (part) => `sha256-${createHash('sha256').update(part).digest('base64')}`;
  const parts = { JS_HASH: hash(js), CSS_HASH: hash(css), CSS: css, JS: js };
  const page = (await readFile(join(root, 'report.html'), 'utf8')).replace(/%(JS_HASH|CSS_HASH|CSS|JS)%/g, (_, name) => parts[name]);
  if (page.split('%REPORT%').length !== 2) throw new Error('the report has no place, or several, for its contents');
  return Buffer.from(page);
}

async function write(dist) {
  await rm(dist, { recursive: true, force: true });
  await mkdir(join(dist, 'report'), { recursive: true });
  const manifest = [];
  for (const { name, bytes } of await bundle()) {
    const packed = pack(bytes);
    await writeFile(join(dist, `${name}.gz`), packed);
    const sha256 = createHash('sha256').update(packed).digest('hex');
    manifest.push({ name, type: types[name.split('.').pop()], sha256, size: packed.length });
    console.log(`${String(packed.length).padStart(8)}  ${name}.gz`);
  }
  await writeFile(join(dist, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const report = pack(await bundleReport());
  await writeFile(join(dist, 'report/page.html.gz'), report);
  console.log(`${String(report.length).padStart(8)}  report/page.html.gz`);
}

function pack(bytes) {
  const packed = gzipSync(bytes, { level: 9, mtime: 0 });
  packed[9] = 255; // The header's "operating system": unknown, wherever this runs.
  return packed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await write(resolve(root, process.argv[2] ?? 'dist'));
