import { afterAll, describe, expect, test } from 'bun:test';
import { directory, run, start } from './command';

const cwd = directory({
  'object.ts':
    'export default { port: 0, fetch: (request: Request) => new Response(`object ${new URL(request.url).pathname}`) }',
  'default-port.ts': 'export default { fetch: () => new Response("port") }',
  'class.ts': 'export default class { static port = 0; static fetch() { return new Response("class") } }',
  'common.js': 'module.exports = { port: 0, fetch() { return new Response("common") } }',
  'transpiled.js':
    'exports.__esModule = true; exports.default = { port: 0, fetch() { return new Response("transpiled") } }',
  'host.ts': 'export default { port: 0, hostname: "127.0.0.1", fetch: () => new Response("host") }',
  'later.ts': 'await 1; const config = { port: 0, fetch: () => new Response("later") }; export { config as default }',
  'production.ts': 'export default { port: 0, development: false, fetch: () => new Response("production") }',
  'running.ts':
    'const server = Bun.serve({ port: 0, fetch: () => new Response("x") }); setTimeout(() => server.stop(true), 50); export default server',
  'stop.ts': 'export default { port: 0, fetch() {}, stop() {} }',
  'number.ts': 'export default { port: 0, fetch: 5 }',
  'function.ts': 'export default function fetch() {}',
  'busy.ts': `const server = Bun.serve({ port: 0, fetch: () => new Response("x") });
    const { status } = require('node:child_process').spawnSync(process.execPath, ['busy-too.ts'], { stdio: 'inherit', env: { ...process.env, PORT: String(server.port) } });
    server.stop(true);
    process.exitCode = status;`,
  'busy-too.ts': 'export default { fetch: () => new Response("x") }',
});
const running: ReturnType<typeof start>[] = [];
afterAll(() => {
  for (const { child } of running) child.kill('SIGKILL');
});

function serve(file: string, { args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {}) {
  const server = start([...args, file], { cwd, env });
  running.push(server);
  return server;
}

describe('export default', () => {
  test.each([
    ['object.ts', 'development server: http://localhost', 'object /path'],
    ['class.ts', 'development server: http://localhost', 'class'],
    ['common.js', 'development server: http://localhost', 'common'],
    ['transpiled.js', 'development server: http://localhost', 'transpiled'],
    ['host.ts', 'development server: http://127.0.0.1', 'host'],
    ['later.ts', 'development server: http://localhost', 'later'],
    ['production.ts', 'server: http://localhost', 'production'],
  ])('%s', async (file, started, answer) => {
    const { printed } = serve(file);
    const [line, port] = await printed(/^Started .*:(\d+)$/m);
    expect(line).toBe(`Started ${started}:${port}`);
    expect(await (await fetch(`http://127.0.0.1:${port}/path`)).text()).toBe(answer);
  });

  test('NODE_ENV=production', async () => {
    const { printed } = serve('object.ts', { env: { NODE_ENV: 'production' } });
    expect((await printed(/^Started .*:\d+$/m))[0]).toStartWith('Started server: ');
  });

  test.each([['running.ts'], ['number.ts'], ['function.ts'], ['stop.ts']])('%s is not served', (file) => {
    expect(run([file], { cwd })).toEqual({ stdout: '', stderr: '', code: 0, signal: null });
  });

  test('a port in use', () => {
    const { stderr, code } = run(['busy.ts'], { cwd });
    expect(stderr).toMatch(/Failed to start server. Is port \d+ in use\?/);
    expect(stderr).toContain('EADDRINUSE');
    expect(code).toBe(1);
  });
});

describe('the default port', () => {
  const free = () => {
    const server = Bun.serve({ port: 0, fetch: () => new Response() });
    const { port } = server;
    server.stop(true);
    return String(port);
  };

  test.each([
    ['--port', (port: string) => ({ args: ['--port', port] })],
    ['PORT before --port', (port: string) => ({ args: ['--port=1'], env: { PORT: port } })],
    ['BUN_PORT before PORT', (port: string) => ({ env: { PORT: '1', BUN_PORT: port } })],
    [
      'a variable that is no port is passed over',
      (port: string) => ({ args: ['--port', port], env: { BUN_PORT: 'x', PORT: '', NODE_PORT: '70000' } }),
    ],
  ])('%s', async (_, options) => {
    const port = free();
    expect((await serve('default-port.ts', options(port)).printed(/^Started .*:(\d+)$/m))[1]).toBe(port);
  });

  test('serve.port of bunfig.toml', async () => {
    const port = free();
    const files = directory({
      'bunfig.toml': `[serve]\nport = ${port}`,
      'a.ts': 'export default { fetch: () => new Response() }',
    });
    const server = start(['a.ts'], { cwd: files });
    running.push(server);
    expect((await server.printed(/^Started .*:(\d+)$/m))[1]).toBe(port);
  });
});
