// Serves the page from source beside a running server: `npm run dev -- http://127.0.0.1:8000`. Every load of the page
// builds anew; whatever is not the page's own file goes to that server.
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { bundle } from './build.mjs';

const backend = new URL(process.argv[2] ?? 'http://127.0.0.1:8000');
const port = Number(process.argv[3] ?? 8100);
const types = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' };
let files = [];
let policy = '';

function headersFor(incoming) {
  const headers = { ...incoming.headers, host: backend.host };
  delete headers.origin;
  return headers;
}

const server = createServer(async (incoming, outgoing) => {
  const path = incoming.url.split('?')[0];
  if (path === '/' || path === '/web') {
    outgoing.writeHead(307, { location: '/web/' }).end();
    return;
  }
  if (path === '/web/') {
    files = await bundle({ minify: false }).catch(() => files);
    policy = (await fetch(new URL('web/', backend))).headers.get('content-security-policy') ?? '';
  }
  const name = path === '/web/' ? 'index.html' : path.replace(/^\/web\/assets\//, '');
  const file = files.find((one) => one.name === name);
  if (file) {
    const headers = { 'content-type': types[name.split('.').pop()], ...(name === 'index.html' && { 'content-security-policy': policy }) };
    outgoing.writeHead(200, headers).end(file.bytes);
    return;
  }
  const onward = request(
    { host: backend.hostname, port: backend.port, path: incoming.url, method: incoming.method, headers: headersFor(incoming) },
    (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    },
  );
  onward.on('error', () => outgoing.writeHead(502).end());
  incoming.pipe(onward);
});

server.on('upgrade', (incoming, socket) => {
  const onward = connect(Number(backend.port), backend.hostname, () => {
    const lines = Object.entries(headersFor(incoming)).map(([key, value]) => `${key}: ${value}`);
    onward.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    socket.pipe(onward).pipe(socket);
  });
  onward.on('error', () => socket.destroy());
  socket.on('error', () => onward.destroy());
});

server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/web/`));
