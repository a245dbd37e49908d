import { describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

// (module (export "add" (func $add)) (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
const bytes = Buffer.from('AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABags=', 'base64');
const wasm = { headers: { 'content-type': 'application/wasm' } };
const streamed = (pull: (controller: any) => void) => new Response(new ReadableStream({ pull }), wasm);

const compile = (source: any) => WebAssembly.compileStreaming(source);
const instantiate = async (source: any) => (await WebAssembly.instantiateStreaming(source)).module;

describe.each([
  ['compileStreaming', compile],
  ['instantiateStreaming', instantiate],
])('WebAssembly.%s', (name, load) => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'wasm-')), 'add.wasm');
  fs.writeFileSync(file, bytes);
  let at = 0;
  const good: [string, () => any][] = [
    ['bytes', () => new Response(bytes, wasm)],
    ['a promise', () => Promise.resolve(new Response(bytes, wasm))],
    ['a type in capitals', () => new Response(bytes, { headers: { 'content-type': 'Application/WASM' } })],
    ['a blob with a type', () => new Response(new Blob([bytes], { type: 'application/wasm' }))],
    ['a file', () => new Response(Bun.file(file))],
    [
      'a stream',
      () =>
        streamed((controller) => {
          controller.enqueue(bytes.subarray(at, (at += 10)));
          if (at >= bytes.length) controller.close();
        }),
    ],
  ];

  test.each(good)('of %s', async (_, source) => {
    at = 0;
    const module = await load(source());
    expect(module).toBeInstanceOf(WebAssembly.Module);
    expect((new WebAssembly.Instance(module).exports as any).add(2, 3)).toBe(5);
  });

  const detached = new Uint8Array(8);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const expected = 'The "source" argument must be an instance of Response or an Promise resolving to Response. ';
  const bad: [string, () => any, string | undefined, string][] = [
    ['nothing', () => undefined, 'ERR_INVALID_ARG_TYPE', `${expected}Received undefined`],
    ['a promise of a number', () => Promise.resolve(5), 'ERR_INVALID_ARG_TYPE', `${expected}Received type number (5)`],
    ['bytes alone', () => bytes, 'ERR_INVALID_ARG_TYPE', `${expected}Received an instance of Buffer`],
    [
      'no type',
      () => new Response(bytes),
      'ERR_WEBASSEMBLY_RESPONSE',
      "WebAssembly response has unsupported MIME type 'null'",
    ],
    [
      'a type with parameters',
      () => new Response(bytes, { headers: { 'content-type': 'application/wasm; x=1' } }),
      'ERR_WEBASSEMBLY_RESPONSE',
      "WebAssembly response has unsupported MIME type 'application/wasm; x=1'",
    ],
    [
      'a failure',
      () => new Response(bytes, { ...wasm, status: 418 }),
      'ERR_WEBASSEMBLY_RESPONSE',
      'WebAssembly response has status code 418',
    ],
    [
      'text',
      () => streamed((c) => c.enqueue('t')),
      'ERR_INVALID_ARG_TYPE',
      'chunk must be an ArrayBufferView or an ArrayBuffer',
    ],
    [
      'a detached chunk',
      () => streamed((c) => c.enqueue(detached)),
      undefined,
      'Underlying ArrayBuffer has been detached from the view or out-of-bounds',
    ],
  ];

  test.each(bad)('not of %s', async (_, source, code, message) => {
    const error = await load(source()).catch((fault: any) => fault);
    expect(error).toBeInstanceOf(TypeError);
    expect([error.code, error.message]).toEqual([code, message]);
  });

  test('not of a body that is used or locked, of what is no module, of a stream that fails', async () => {
    const used = new Response(bytes, wasm);
    await used.arrayBuffer();
    await expect(load(used)).rejects.toThrow('WebAssembly response body has already been used');
    const locked = new Response(bytes, wasm);
    locked.body!.getReader();
    await expect(load(locked)).rejects.toThrow('WebAssembly response body has already been used');
    await expect(load(new Response('no module', wasm))).rejects.toThrow(WebAssembly.CompileError);
    await expect(load(new Response(null, wasm))).rejects.toThrow(WebAssembly.CompileError);
    const error = new Error('in the stream');
    await expect(
      load(
        streamed(() => {
          throw error;
        }),
      ),
    ).rejects.toBe(error);
  });

  test('a second argument is an object', async () => {
    const call = (WebAssembly as any)[name](new Response(bytes, wasm), 5);
    await expect(call).rejects.toThrow(`second argument to WebAssembly.${name} must be undefined or an Object`);
  });
});
