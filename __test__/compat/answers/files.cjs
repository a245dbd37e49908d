'use strict';

/** Of a file. */
const METHODS = [
  ...['text', 'json', 'bytes', 'arrayBuffer', 'formData', 'stream', 'slice'],
  ...['exists', 'stat', 'delete', 'unlink', 'write', 'writer'],
];

module.exports = {
  file({ bun, at, one, odd, fs, pathToFileURL }) {
    fs.writeFileSync(at('h.txt'), 'hello world');
    fs.writeFileSync(at('j.json'), '{"a":1}');
    fs.writeFileSync(at('bad.json'), '{"a":');
    fs.writeFileSync(at('u.html'), 'h\u00e9');
    fs.writeFileSync(at('bom.txt'), '\ufeffx');
    fs.writeFileSync(at('le.txt'), Buffer.from('\ufeffab', 'utf16le'));
    fs.writeFileSync(at('bin'), Buffer.from([0xff, 0, 0x80, 65]));
    fs.writeFileSync(at('empty'), '');
    fs.mkdirSync(at('d'));
    const P = at('h.txt');
    const F = (...rest) => bun.file(P, ...rest);
    for (const [n, v] of odd) {
      one(`file(${n})`, () => bun.file(v()));
      one(`file(p, ${n})`, () => F(v()));
      one(`file(p, {type: ${n}})`, () => F({ type: v() }).type);
      one(`slice(${n})`, async () => {
        const s = F().slice(v());
        return [s.size, s.type, await s.text()];
      });
      one(`slice(1, ${n})`, async () => {
        const s = F().slice(1, v());
        return [s.type, await s.text()];
      });
      one(`slice(1, 3, ${n})`, async () => {
        const s = F().slice(1, 3, v());
        return [s.size, s.type, await s.text()];
      });
      one(`slice(1,9).slice(${n}, 4)`, async () => F().slice(1, 9).slice(v(), 4).text());
      one(`stream(${n})`, async () => bun.readableStreamToText(F().stream(v())));
      one(`writer(${n})`, async () => {
        const w = bun.file(at('w1')).writer(v());
        w.write('abc');
        return [await w.end(), fs.readFileSync(at('w1'), 'utf8')];
      });
      one(`writer({highWaterMark: ${n}})`, async () => {
        const w = bun.file(at('w1')).writer({ highWaterMark: v() });
        w.write('abc');
        return [await w.end(), fs.readFileSync(at('w1'), 'utf8')];
      });
      one(`sink.write(${n})`, async () => {
        const w = bun.file(at('w2')).writer();
        let r;
        try {
          r = w.write(v());
        } catch (e) {
          await w.end();
          throw e;
        }
        return [r, await w.end(), fs.readFileSync(at('w2'), 'latin1')];
      });
      one(`sink.start(${n})`, async () => {
        const w = bun.file(at('w3')).writer();
        const r = w.start(v());
        w.write('x');
        return [r, await w.end()];
      });
      one(`sink.end(${n})`, async () => {
        const w = bun.file(at('w3')).writer();
        w.write('x');
        return [await w.end(v())];
      });
      one(`sink.flush(${n})`, async () => {
        const w = bun.file(at('w3')).writer();
        w.write('x');
        return [await w.flush(v()), await w.end()];
      });
      one(`sink.close(${n})`, async () => {
        const w = bun.file(at('w3')).writer();
        w.write('x');
        return [await w.close(v())];
      });
      one(`file.write(${n})`, async () => [
        await bun.file(at('w4')).write(v()),
        fs.readFileSync(at('w4'), 'latin1').slice(0, 30),
      ]);
      one(`write(p, ${n})`, async () => [
        await bun.write(at('w5'), v()),
        fs.readFileSync(at('w5'), 'latin1').slice(0, 30),
      ]);
      if (!['0', '1.5', "'x'", 'String object', 'bytes', "''", 'true'].includes(n))
        one(`write(${n}, 'x')`, () => bun.write(v(), 'x'));
      one(`write(p, 'x', ${n})`, () => bun.write(at('w6'), 'x', v()));
      one(`write(p, 'x', {mode: ${n}})`, () => bun.write(at('w6'), 'x', { mode: v() }));
      one(`write(p, 'x', {createPath: ${n}})`, () => bun.write(at('w6'), 'x', { createPath: v() }));
      one(`write(missing/p, 'x', {createPath: ${n}})`, () =>
        bun.write(at(`m-${n.replace(/\W/g, '_')}/w6`), 'x', { createPath: v() }),
      );
      one(`name = ${n}`, () => {
        const f = F();
        f.name = v();
        return f.name;
      });
      one(`mmap(${n})`, () => bun.mmap(v()));
      one(`mmap(p, ${n})`, () => bun.mmap(P, v()));
      for (const key of ['shared', 'sync', 'offset', 'size'])
        one(`mmap(p, {${key}: ${n}})`, () => bun.mmap(P, { [key]: v() }));
      for (const key of ['exists', 'stat', 'text', 'json', 'bytes', 'arrayBuffer'])
        one(`file.${key}(${n})`, async () => {
          const r = await F()[key](v());
          return key === 'stat' ? r.size : r;
        });
      one(`indexOfLine(${n})`, () => bun.indexOfLine(v()));
      one(`indexOfLine(b, ${n})`, () => bun.indexOfLine(new TextEncoder().encode('a\nb\nc'), v()));
      one(`allocUnsafe(${n})`, () => {
        const r = bun.allocUnsafe(v());
        return [r.constructor.name, r.length];
      });
      one(`concatArrayBuffers(${n})`, () => bun.concatArrayBuffers(v()));
      one(`concatArrayBuffers([${n}])`, () => bun.concatArrayBuffers([v()]));
      one(`concatArrayBuffers([b], ${n})`, () => bun.concatArrayBuffers([new TextEncoder().encode('abc')], v()));
      one(`concatArrayBuffers([b], 2, ${n})`, () => bun.concatArrayBuffers([new TextEncoder().encode('abc')], 2, v()));
      one(`ArrayBufferSink.start(${n})`, () => {
        const s = new bun.ArrayBufferSink();
        const r = s.start(v());
        s.write('ab');
        return [r, s.end()];
      });
      for (const key of ['asUint8Array', 'stream', 'highWaterMark'])
        one(`ArrayBufferSink.start({${key}: ${n}})`, () => {
          const s = new bun.ArrayBufferSink();
          const r = s.start({ [key]: v() });
          const w = s.write('ab');
          return [r, w, s.flush(), s.end()];
        });
      one(`ArrayBufferSink.write(${n})`, () => {
        const s = new bun.ArrayBufferSink();
        s.start();
        return [s.write(v()), s.end()];
      });
      one(`ArrayBufferSink.end(${n})`, () => {
        const s = new bun.ArrayBufferSink();
        s.start();
        s.write('q');
        return s.end(v());
      });
      for (const kind of ['Text', 'JSON', 'Bytes', 'ArrayBuffer', 'Blob', 'Array', 'FormData']) {
        one(`readableStreamTo${kind}(${n})`, () => bun[`readableStreamTo${kind}`](v()));
        one(`readableStreamTo${kind}(stream of ${n})`, () =>
          bun[`readableStreamTo${kind}`](
            new ReadableStream({
              start(c) {
                c.enqueue(v());
                c.close();
              },
            }),
          ),
        );
      }
      one(`readableStreamToFormData(s, ${n})`, async () => [
        ...(await bun.readableStreamToFormData(new Response('a=b').body, v())),
      ]);
    }
    const files = [
      'h.txt',
      'j.json',
      'bad.json',
      'u.html',
      'bom.txt',
      'le.txt',
      'bin',
      'empty',
      'd',
      'missing',
      'h.txt/x',
    ];
    for (const f of files) {
      for (const m of ['text', 'json', 'bytes', 'arrayBuffer', 'formData', 'exists'])
        one(`${f} ${m}()`, () => bun.file(at(f))[m]());
      one(`${f} stream()`, () => bun.readableStreamToText(bun.file(at(f)).stream()));
      one(`${f} stat()`, async () => {
        const s = await bun.file(at(f)).stat();
        return [s.isFile(), s.isDirectory(), s.constructor.name];
      });
      one(`${f} size type name`, () => {
        const b = bun.file(at(f));
        return [f === 'd' ? 0 : b.size, b.type, b.name, typeof b.lastModified, f === 'missing' && b.lastModified];
      });
      one(`${f} new Response`, async () => new Response(bun.file(at(f))).text());
      one(`${f} new Response headers`, async () => [...new Response(bun.file(at(f))).headers]);
      one(`write to ${f}`, () => (f === 'd' || f === 'h.txt/x' ? bun.write(at(f), 'x') : 0));
      one(`writer of ${f}`, async () => {
        if (f !== 'd' && f !== 'h.txt/x') return 0;
        const w = bun.file(at(f)).writer();
        w.write('x');
        return w.end();
      });
      one(`unlink ${f}`, () => (f === 'd' || f === 'missing' || f === 'h.txt/x' ? bun.file(at(f)).unlink() : 0));
      one(`delete ${f}`, () => (f === 'd' || f === 'missing' || f === 'h.txt/x' ? bun.file(at(f)).delete() : 0));
      one(`copy ${f}`, async () => [
        await bun.write(at('copied'), bun.file(at(f))),
        fs.readFileSync(at('copied'), 'latin1'),
      ]);
      one(`mmap ${f}`, () => bun.mmap(at(f)));
    }
    one('file URL', () => bun.file(pathToFileURL(P)).text());
    one('file of URL name', () => bun.file(pathToFileURL(P)).name.endsWith('h.txt'));
    one('file of bytes', () => bun.file(new TextEncoder().encode(P)).text());
    one('file of ArrayBuffer', () => bun.file(new TextEncoder().encode(P).buffer).text());
    one('file of a file', () => bun.file(bun.file(P)).text());
    one('file of a fd', async () => {
      const fd = fs.openSync(P);
      try {
        return [await bun.file(fd).text(), bun.file(fd).size, bun.file(fd).name, bun.file(fd).type];
      } finally {
        fs.closeSync(fd);
      }
    });
    one('fd slice', async () => {
      const fd = fs.openSync(P);
      try {
        return [await bun.file(fd).slice(2, 5).text()];
      } finally {
        fs.closeSync(fd);
      }
    });
    one('fd unlink', async () => {
      const fd = fs.openSync(P);
      try {
        return await bun.file(fd).unlink();
      } finally {
        fs.closeSync(fd);
      }
    });
    one('fd exists', async () => {
      const fd = fs.openSync(P);
      try {
        return [await bun.file(fd).exists(), (await bun.file(fd).stat()).size];
      } finally {
        fs.closeSync(fd);
      }
    });
    one('fd closed', () => bun.file(999).text());
    one('fd closed exists', () => bun.file(999).exists());
    one('fd closed stat', () => bun.file(999).stat());
    one('fd closed write', () => bun.write(999, 'x'));
    one('fd closed size', () => bun.file(999).size);
    one('fd closed stream', () => bun.readableStreamToText(bun.file(999).stream()));
    one('fd closed writer', async () => {
      const w = bun.file(999).writer();
      w.write('x');
      return w.end();
    });
    one('members', () =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(F()))
        .filter((n) => n !== 'constructor')
        .sort(),
    );
    one('members missing', () =>
      [...METHODS, 'size', 'type', 'name', 'lastModified', 'image'].filter((n) => !(n in F())),
    );
    one('lengths', () => METHODS.map((n) => [n, F()[n].length, F()[n].name]));
    one('instanceof', () => [
      F() instanceof Blob,
      F() instanceof File,
      Object.prototype.toString.call(F()),
      F().constructor === Blob,
    ]);
    one('Blob of file', async () => new Blob([F()]).text());
    one('File of file', async () => {
      const f = new File([F()], 'n');
      return [f.name, f.size];
    });
    one('FormData of file', async () => {
      const d = new FormData();
      d.set('f', F());
      const got = d.get('f');
      return [got.constructor.name, got.name, got.type, await got.text()];
    });
    one('structuredClone', async () => structuredClone(F()).text());
    one('slice type', () => [F().slice('a/b').type, F().slice(1, 'c/d').type, F().slice(1, 2, 'E/F').type]);
    one('slice past end', async () => [
      F().slice(100).size,
      await F().slice(100).text(),
      await F().slice(3, 1).text(),
      await F().slice(5, 500).text(),
    ]);
    one('file type param', () => [F({ type: 'TEXT/Plain; charset=UTF-16' }).type, F({ type: 'é' }).type]);
    one('sink order', async () => {
      const w = bun.file(at('w7')).writer();
      return [
        w.write('ab'),
        w.write(new Uint8Array(3)),
        await w.flush(),
        w.write('c'),
        await w.end(),
        fs.readFileSync(at('w7')).length,
      ];
    });
    one('sink after end', async () => {
      const w = bun.file(at('w7')).writer();
      await w.end();
      return w.write('x');
    });
    one('sink twice end', async () => {
      const w = bun.file(at('w7')).writer();
      w.write('a');
      return [await w.end(), await w.end()];
    });
    one('sink flush after end', async () => {
      const w = bun.file(at('w7')).writer();
      w.write('a');
      await w.end();
      return w.flush();
    });
    one('sink ref unref', async () => {
      const w = bun.file(at('w7')).writer();
      return [w.ref(), w.unref(), await w.end()];
    });
    one('sink members', () => {
      const w = bun.file(at('w7')).writer();
      const n = ['write', 'flush', 'end', 'close', 'start', 'ref', 'unref'].map((k) => [k, typeof w[k], w[k]?.length]);
      w.end();
      return n;
    });
    one('sink keeps old content?', async () => {
      fs.writeFileSync(at('w8'), 'longer content');
      const w = bun.file(at('w8')).writer();
      w.write('ab');
      await w.end();
      return fs.readFileSync(at('w8'), 'utf8');
    });
    one('sink mode of dir missing', async () => {
      const w = bun.file(at('nodir/w8')).writer();
      w.write('ab');
      return w.end();
    });
    one('write result: blob', async () => bun.write(at('w9'), new Blob(['abc'])));
    one('write response', async () => bun.write(at('w9'), new Response('abcd')));
    one('write request', async () => bun.write(at('w9'), new Request('http://x/', { method: 'POST', body: 'abcde' })));
    one('write used body', async () => {
      const r = new Response('x');
      await r.text();
      return bun.write(at('w9'), r);
    });
    one('write slice to slice', async () => bun.write(bun.file(at('w9')).slice(0, 2), 'abcdef'));
    one('write into Blob', async () => bun.write(new Blob(['x']), 'abcdef'));
    one('write empties', async () => {
      fs.writeFileSync(at('w10'), 'old');
      return [
        await bun.write(at('w10'), ''),
        fs.readFileSync(at('w10'), 'utf8'),
        await bun.write(at('w10'), new Blob([])),
        await bun.write(at('w10'), new Response(null)),
        await bun.write(at('w10'), bun.file(at('empty'))),
      ];
    });
    one('write missing source', () => bun.write(at('w10'), bun.file(at('missing'))));
    one('write dir source', () => bun.write(at('w10'), bun.file(at('d'))));
    one('write args 0', () => bun.write());
    one('write args 1', () => bun.write(at('w10')));
    one('file args 0', () => bun.file());
    one('mmap args 0', () => bun.mmap());
    one('mmap all', () => {
      const m = bun.mmap(P);
      return [m.constructor.name, Buffer.from(m).toString()];
    });
    one('mmap offset', () => bun.mmap(P, { offset: 4096 }));
    one('mmap size', () => bun.mmap(P, { size: 3 }));
    one('mmap size large', () => bun.mmap(P, { size: 100000 }));
    one('mmap private write', () => {
      const m = bun.mmap(P, { shared: false });
      m[0] = 72;
      return [Buffer.from(m).toString(), fs.readFileSync(P, 'utf8')];
    });
    one('mmap shared write', () => {
      fs.writeFileSync(at('mm'), 'abc');
      const m = bun.mmap(at('mm'), { shared: true });
      m[0] = 72;
      return [Buffer.from(m).toString(), fs.readFileSync(at('mm'), 'utf8')];
    });
    one('mmap url', () => bun.mmap(pathToFileURL(P)));
    one('direct stream', async () =>
      new Response(
        new ReadableStream({
          type: 'direct',
          async pull(c) {
            c.write('a');
            c.write(new Uint8Array([66]));
            await c.flush();
            c.end();
          },
        }),
      ).text(),
    );
    one('direct stream to text', () =>
      bun.readableStreamToText(
        new ReadableStream({
          type: 'direct',
          pull(c) {
            c.write('a');
            c.end('q');
          },
        }),
      ),
    );
    one('stream error', () =>
      bun.readableStreamToText(
        new ReadableStream({
          pull(c) {
            c.error(new TypeError('no'));
          },
        }),
      ),
    );
    one('stream locked', () => {
      const s = new Response('x').body;
      s.getReader();
      return bun.readableStreamToText(s);
    });
    one('stream used', async () => {
      const s = new Response('x').body;
      await bun.readableStreamToText(s);
      return bun.readableStreamToText(s);
    });
    for (const m of ['text', 'json', 'bytes', 'blob']) one(`stream.${m}()`, () => new Response('{"a":1}').body[m]());
    one('stream formdata multipart', async () => {
      const r = new Response(new URLSearchParams('a=b&c=d'));
      return [...(await bun.readableStreamToFormData(r.body))];
    });
    one('stream array', () =>
      bun.readableStreamToArray(
        new ReadableStream({
          start(c) {
            c.enqueue(1);
            c.enqueue('a');
            c.close();
          },
        }),
      ),
    );
    one('ArrayBufferSink uses', () => {
      const s = new bun.ArrayBufferSink();
      return [s.write('a'), s.end()];
    });
    one('ArrayBufferSink stream', () => {
      const s = new bun.ArrayBufferSink();
      s.start({ stream: true, asUint8Array: true });
      s.write('ab');
      const a = s.flush();
      s.write('c');
      return [a, s.flush(), s.end()];
    });
    one('ArrayBufferSink after end', () => {
      const s = new bun.ArrayBufferSink();
      s.start();
      s.write('ab');
      s.end();
      return [s.write('x'), s.end()];
    });
    one('ArrayBufferSink close', () => {
      const s = new bun.ArrayBufferSink();
      s.start();
      s.write('ab');
      return [s.close(), s.end()];
    });
    one('ArrayBufferSink call', () => bun.ArrayBufferSink());
    one('std names', () => [
      bun.stdin.name,
      bun.stdout.name,
      bun.stderr.name,
      bun.stdin.type,
      typeof bun.stdin.stream,
      bun.stdout instanceof Blob,
    ]);
    one('long name', () => bun.file(at('x'.repeat(300))).text());
    one('long name write', () => bun.write(at('x'.repeat(300)), 'x'));
    one('loop', async () => {
      fs.symlinkSync('loop', at('loop'));
      return bun.file(at('loop')).text();
    });
    one('loop write', async () => bun.write(at('loop'), 'x'));
    one('loop exists', async () => bun.file(at('loop')).exists());
    one('dangling link write', async () => {
      fs.symlinkSync('nowhere', at('dang'));
      return [await bun.write(at('dang'), 'x'), fs.readFileSync(at('nowhere'), 'utf8')];
    });
    one('/dev/zero slice', async () => (await bun.file('/dev/zero').slice(0, 5).bytes()).length);
    one('/dev/null', async () => [await bun.file('/dev/null').text(), bun.file('/dev/null').size]);
    one('/proc/self/comm', async () => typeof (await bun.file('/proc/self/comm').text()));
    one('/proc/self/comm size', async () => bun.file('/proc/self/comm').size);
    one('/dev/full write', async () => bun.write('/dev/full', 'x'));
    one('/dev/full writer', async () => {
      const w = bun.file('/dev/full').writer();
      w.write('x');
      return w.end();
    });
    one('/proc mkdir', async () => bun.write('/proc/a/b', 'x'));
    one('/proc/self/mem', async () => bun.file('/proc/self/mem').slice(0, 5).text());
  },
};
