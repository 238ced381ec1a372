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

async function write(dist) {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  const manifest = [];
  for (const { name, bytes } of await bundle()) {
    const packed = gzipSync(bytes, { level: 9, mtime: 0 });
    packed[9] = 255; // The header's "operating system": unknown, wherever this runs.
    await writeFile(join(dist, `${name}.gz`), packed);
    const sha256 = createHash('sha256').update(packed).digest('hex');
    manifest.push({ name, type: types[name.split('.').pop()], sha256, size: packed.length });
    console.log(`${String(packed.length).padStart(8)}  ${name}.gz`);
  }
  await writeFile(join(dist, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await write(resolve(root, process.argv[2] ?? 'dist'));
