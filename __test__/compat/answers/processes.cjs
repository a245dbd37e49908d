'use strict';
module.exports = {
  spawn({ bun, at, one, odd, fs }) {
    const ok = async (p) => {
      const r = {
        out: p.stdout && typeof p.stdout !== 'number' ? await bun.readableStreamToText(p.stdout) : p.stdout,
        code: await p.exited,
        signal: p.signalCode,
        killed: p.killed,
      };
      return r;
    };
    const sync = (r) => ({
      out: r.stdout?.toString(),
      err: r.stderr?.toString(),
      code: r.exitCode,
      signal: r.signalCode,
      success: r.success,
      t: r.exitedDueToTimeout,
      m: r.exitedDueToMaxBuffer,
    });
    const keys = [
      'cmd',
      'cwd',
      'env',
      'argv0',
      'stdin',
      'stdout',
      'stderr',
      'stdio',
      'onExit',
      'onDisconnect',
      'ipc',
      'serialization',
      'detached',
      'uid',
      'gid',
      'windowsHide',
      'windowsVerbatimArguments',
      'signal',
      'timeout',
      'killSignal',
      'maxBuffer',
      'lazy',
      'terminal',
    ];
    for (const [n, v] of odd) {
      one(`spawn(${n})`, async () => (["['a']"].includes(n) ? 0 : ok(bun.spawn(v()))));
      one(`spawn([${n}])`, async () => ok(bun.spawn([v()])));
      one(`spawn(['echo', ${n}])`, async () => ok(bun.spawn(['echo', v()])));
      one(`spawn(cmd, ${n})`, async () => ok(bun.spawn(['echo', 'hi'], v())));
      one(`spawnSync(${n})`, () => sync(bun.spawnSync(v())));
      one(`spawnSync([${n}])`, () => sync(bun.spawnSync([v()])));
      one(`spawnSync(cmd, ${n})`, () => sync(bun.spawnSync(['echo', 'hi'], v())));
      for (const k of keys) {
        const cmd = k === 'stdin' ? ['cat'] : ['echo', 'hi'];
        const bad = ['stdin', 'stdout', 'stderr'].includes(k) && ['0', '1.5', 'true'].includes(n);
        if (bad) continue;
        one(`spawn(cmd, {${k}: ${n}})`, async () => {
          const o = k === 'cmd' ? { cmd: v() } : { [k]: v() };
          if (k === 'stdout' || k === 'stdio') o.lazy = false;
          const p = k === 'cmd' ? bun.spawn(o) : bun.spawn(cmd, o);
          if (k === 'stdin' && p.stdin && typeof p.stdin.end === 'function') p.stdin.end();
          const r = await ok(p);
          return k === 'terminal' ? r.code : r;
        });
        if (k !== 'terminal' && k !== 'lazy')
          one(`spawnSync(cmd, {${k}: ${n}})`, () =>
            sync(k === 'cmd' ? bun.spawnSync({ cmd: v() }) : bun.spawnSync(cmd, { [k]: v() })),
          );
      }
      one(`env: {A: ${n}}`, async () =>
        ok(bun.spawn(['sh', '-c', 'echo "[$A]"'], { env: { PATH: process.env.PATH, A: v() } })),
      );
      one(`stdio: [0,${n},..]`, async () =>
        ['0', '1.5', 'true'].includes(n) ? 0 : ok(bun.spawn(['echo', 'hi'], { stdio: ['ignore', v(), 'ignore'] })),
      );
      one(`stdio: [..., ${n}]`, async () =>
        ['0', '1.5', 'true'].includes(n)
          ? 0
          : ok(bun.spawn(['echo', 'hi'], { stdio: ['ignore', 'pipe', 'ignore', v()] })),
      );
      one(`kill(${n})`, async () => {
        const p = bun.spawn(['sleep', '20'], { stdout: 'ignore' });
        try {
          const r = p.kill(v());
          if (n === '0') p.kill(9);
          return [r, p.killed, await p.exited, p.signalCode, p.exitCode];
        } catch (e) {
          p.kill(9);
          await p.exited;
          throw e;
        }
      });
      one(`stdin.write(${n})`, async () => {
        const p = bun.spawn(['cat'], { stdin: 'pipe' });
        try {
          const r = p.stdin.write(v());
          p.stdin.end();
          return [r, await ok(p)];
        } catch (e) {
          p.kill(9);
          await p.exited;
          throw e;
        }
      });
      one(`send(${n})`, async () => {
        const p = bun.spawn(['sleep', '5'], { ipc() {}, stdout: 'ignore' });
        try {
          return p.send(v());
        } finally {
          p.kill(9);
          await p.exited;
        }
      });
    }
    const text = (s) => bun.readableStreamToText(s);
    one('spawn members', () => {
      const p = bun.spawn(['true']);
      return [
        'pid',
        'exited',
        'exitCode',
        'signalCode',
        'killed',
        'kill',
        'ref',
        'unref',
        'send',
        'disconnect',
        'connected',
        'resourceUsage',
        'stdin',
        'stdout',
        'stderr',
        'stdio',
        'readable',
        'writable',
        'terminal',
      ].map((k) => [k, typeof p[k]]);
    });
    one('spawn own names', () => {
      const p = bun.spawn(['true']);
      return Object.getOwnPropertyNames(Object.getPrototypeOf(p)).sort();
    });
    for (const s of ['pipe', 'ignore', 'inherit', null, undefined, new Blob(['in']), 'x'])
      one(`stdin ${String(s)}`, async () => {
        if (s === 'inherit') return 0;
        const p = bun.spawn(['cat'], { stdin: s });
        p.stdin?.end?.();
        return [p.stdin?.constructor?.name ?? String(p.stdin), await ok(p)];
      });
    const ins = {
      Response: () => new Response('resp'),
      Request: () => new Request('http://x', { method: 'POST', body: 'req' }),
      ReadableStream: () => new Response('rs').body,
      Blob: () => new Blob(['blob']),
      u8: () => Buffer.from('u8'),
      u16: () => new Uint16Array([65, 66]),
      ab: () => Buffer.from('abcd').buffer.slice(0, 4),
      dv: () => new DataView(new Uint8Array([65, 66, 67]).buffer, 1),
      file: () => bun.file(at('in.txt')),
      missing: () => bun.file(at('nope.txt')),
      empty: () => new Uint8Array(0),
      str: () => 'str',
      dir: () => bun.file(at('.')),
      sab: () => new SharedArrayBuffer(3),
      params: () => new URLSearchParams('a=b'),
    };
    fs.writeFileSync(at('in.txt'), 'from file');
    for (const k in ins) {
      one(`stdin of ${k}`, async () => ok(bun.spawn(['cat'], { stdin: ins[k]() })));
      one(`sync stdin of ${k}`, () => sync(bun.spawnSync(['cat'], { stdin: ins[k]() })));
    }
    for (const k of ['file', 'missing2', 'dir']) {
      const t = { file: at('out.txt'), missing2: at('no/dir.txt'), dir: at('.') }[k];
      one(`stdout to ${k}`, async () => {
        const p = bun.spawn(['echo', 'hi'], { stdout: bun.file(t) });
        return [String(p.stdout), await p.exited, k === 'file' && fs.readFileSync(t, 'utf8')];
      });
      one(`sync stdout to ${k}`, () => [
        sync(bun.spawnSync(['echo', 'hi'], { stdout: bun.file(t) })),
        k === 'file' && fs.readFileSync(t, 'utf8'),
      ]);
    }
    one('not found', () => bun.spawn(['no-such-program-here']));
    one('sync not found', () => bun.spawnSync(['no-such-program-here']));
    one('not executable', () => bun.spawn([at('in.txt')]));
    one('dir', () => bun.spawn([at('.')]));
    one('missing cwd', () => bun.spawn(['true'], { cwd: at('nowhere') }));
    one('file cwd', () => bun.spawn(['true'], { cwd: at('in.txt') }));
    one('sync missing cwd', () => bun.spawnSync(['true'], { cwd: at('nowhere') }));
    one('NUL in arg', () => bun.spawn(['echo', 'a\0b']));
    one('NUL in env', () => bun.spawn(['echo'], { env: { A: 'a\0b' } }));
    one('NUL in cwd', () => bun.spawn(['echo'], { cwd: 'a\0b' }));
    one('sync maxBuffer', () => sync(bun.spawnSync(['sh', '-c', 'echo 123456789; exec sleep 20'], { maxBuffer: 3 })));
    one('sync timeout', () => sync(bun.spawnSync(['sleep', '20'], { timeout: 50 })));
    one('sync timeout killSignal', () => sync(bun.spawnSync(['sleep', '20'], { timeout: 50, killSignal: 'SIGKILL' })));
    one('timeout', async () => ok(bun.spawn(['sleep', '20'], { timeout: 50 })));
    one('timeout killSignal num', async () => ok(bun.spawn(['sleep', '20'], { timeout: 50, killSignal: 9 })));
    one('maxBuffer', async () => {
      const p = bun.spawn(['sh', '-c', 'echo 123456789; exec sleep 20'], { maxBuffer: 3 });
      return [await p.exited, p.signalCode];
    });
    one('signal aborted', async () => {
      const c = new AbortController();
      c.abort();
      return ok(bun.spawn(['sleep', '20'], { signal: c.signal }));
    });
    one('signal later', async () => {
      const c = new AbortController();
      const p = bun.spawn(['sleep', '20'], { signal: c.signal });
      c.abort();
      return ok(p);
    });
    one(
      'onExit',
      async () =>
        new Promise((resolve) =>
          bun.spawn(['sh', '-c', 'exit 3'], {
            onExit(p, code, signal, error) {
              resolve([p.constructor.name, code, signal, String(error)]);
            },
          }),
        ),
    );
    one(
      'onExit signal',
      async () =>
        new Promise((resolve) =>
          bun
            .spawn(['sleep', '20'], {
              onExit(p, code, signal, error) {
                resolve([code, signal, String(error)]);
              },
            })
            .kill(),
        ),
    );
    one('env', async () => ok(bun.spawn(['env'], { env: { A: '1', B: '' } })));
    one('env sync', () => sync(bun.spawnSync(['env'], { env: { A: '1' } })));
    one('argv0', async () => ok(bun.spawn(['sh', '-c', 'echo $0'], { argv0: 'zero' })));
    one('resourceUsage before', () => {
      const p = bun.spawn(['true']);
      return String(p.resourceUsage());
    });
    one('resourceUsage', async () => {
      const p = bun.spawn(['true']);
      await p.exited;
      const r = p.resourceUsage();
      return [Object.keys(r).sort(), typeof r.maxRSS, typeof r.cpuTime.total];
    });
    one('asyncDispose', async () => {
      const p = bun.spawn(['sleep', '20']);
      await p[Symbol.asyncDispose]();
      return [p.killed, p.signalCode];
    });
    one('stdout twice', async () => {
      const p = bun.spawn(['echo', 'hi']);
      return [await text(p.stdout), await text(p.stdout)];
    });
    one('stdout methods', async () => [
      await bun.spawn(['echo', '{"a":1}']).stdout.json(),
      await bun.spawn(['echo', 'q']).stdout.text(),
      (await bun.spawn(['echo', 'q']).stdout.bytes()).length,
      (await bun.spawn(['echo', 'q']).stdout.blob()).size,
    ]);
    one('stderr default', () => {
      const p = bun.spawn(['true']);
      return [String(p.stderr), String(p.stdin), p.readable === p.stdout, String(p.writable)];
    });
    one('stdio array', async () => {
      const p = bun.spawn(['sh', '-c', 'echo x >&3'], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
      return [p.stdio.length, p.stdio.map((x) => (x === null ? 'null' : typeof x)), await p.exited];
    });
    one('stdin end returns', async () => {
      const p = bun.spawn(['cat'], { stdin: 'pipe' });
      const r = [p.stdin.write('abc'), await p.stdin.flush(), await p.stdin.end()];
      return [r, await ok(p)];
    });
    one('stdin after end', async () => {
      const p = bun.spawn(['cat'], { stdin: 'pipe' });
      await p.stdin.end();
      const r = p.stdin.write('x');
      return [r, await ok(p)];
    });
    one('send without ipc', () => {
      const p = bun.spawn(['true']);
      return p.send('x');
    });
    one('disconnect without ipc', () => {
      const p = bun.spawn(['true']);
      return [p.connected, p.disconnect()];
    });
    one('kill after exit', async () => {
      const p = bun.spawn(['true']);
      await p.exited;
      return [p.kill(), p.killed, p.kill('SIGKILL'), p.exitCode];
    });
    one('kill names', async () => {
      const p = bun.spawn(['sleep', '20']);
      p.kill('SIGINT');
      return [await p.exited, p.signalCode];
    });
    one('kill bad name', async () => {
      const p = bun.spawn(['sleep', '20']);
      try {
        p.kill('SIGNOPE');
      } finally {
        p.kill(9);
      }
    });
    one('exit 255', async () => ok(bun.spawn(['sh', '-c', 'exit 255'])));
    one('spawnSync pipes', () =>
      sync(bun.spawnSync(['sh', '-c', 'echo o; echo e >&2; exit 2'], { stdout: 'pipe', stderr: 'pipe' })),
    );
    one('spawnSync ignore', () =>
      sync(bun.spawnSync(['sh', '-c', 'echo o; echo e >&2'], { stdout: 'ignore', stderr: 'ignore' })),
    );
    one('spawnSync keys', () => Object.keys(bun.spawnSync(['true'])).sort());
    one('spawnSync types', () => {
      const r = bun.spawnSync(['echo', 'x'], { stderr: 'pipe' });
      return [r.stdout.constructor.name, r.stderr.constructor.name, typeof r.pid];
    });
    one('spawnSync ipc', () => sync(bun.spawnSync(['true'], { ipc() {} })));
    one('spawnSync pipe stdin', () => sync(bun.spawnSync(['cat'], { stdin: 'pipe' })));
    one('spawnSync stream stdin', () => sync(bun.spawnSync(['cat'], { stdin: new ReadableStream() })));
    one('spawn no args', () => bun.spawn());
    one('spawn empty', () => bun.spawn([]));
    one('spawn object cmd', async () => ok(bun.spawn({ cmd: ['echo', 'c'], stdout: 'pipe' })));
    one('detached', async () => ok(bun.spawn(['echo', 'd'], { detached: true })));
    one('uid denied', () => bun.spawn(['true'], { uid: 12345678 }));
    one('lazy', async () => ok(bun.spawn(['echo', 'hi'], { lazy: true })));
    one('PATH of env', () => bun.spawn(['true'], { env: { PATH: '/none' } }));
    one('signal reason sync', () => {
      const c = new AbortController();
      c.abort();
      return sync(bun.spawnSync(['sleep', '20'], { signal: c.signal }));
    });
    one('terminal', async () => {
      let seen = '';
      const p = bun.spawn(['sh', '-c', 'test -t 0 && echo tty'], {
        terminal: {
          data(t, d) {
            seen += Buffer.from(d).toString();
          },
        },
      });
      await p.exited;
      await new Promise((r) => setTimeout(r, 50));
      return [seen, String(p.stdout), String(p.stdin), p.terminal?.constructor?.name, p.terminal?.closed];
    });
    one('terminal and stdin', () => bun.spawn(['true'], { terminal: {}, stdin: 'pipe' }));
    one('terminal sync', () => bun.spawnSync(['true'], { terminal: {} }));
    if (bun.Terminal) {
      for (const [n, v] of odd) {
        one(`Terminal(${n})`, () => {
          const t = new bun.Terminal(v());
          t.close();
          return t.closed;
        });
        for (const k of ['cols', 'rows', 'name', 'data', 'exit', 'drain'])
          one(`Terminal({${k}: ${n}})`, () => {
            const t = new bun.Terminal({ [k]: v() });
            t.close();
            return t.closed;
          });
        one(`terminal.resize(${n}, 5)`, () => {
          const t = new bun.Terminal({});
          try {
            return t.resize(v(), 5);
          } finally {
            t.close();
          }
        });
        one(`terminal.resize(5, ${n})`, () => {
          const t = new bun.Terminal({});
          try {
            return t.resize(5, v());
          } finally {
            t.close();
          }
        });
        one(`terminal.write(${n})`, () => {
          const t = new bun.Terminal({});
          try {
            return t.write(v());
          } finally {
            t.close();
          }
        });
        one(`terminal.setRawMode(${n})`, () => {
          const t = new bun.Terminal({});
          try {
            return t.setRawMode(v());
          } finally {
            t.close();
          }
        });
        for (const k of ['inputFlags', 'outputFlags', 'localFlags', 'controlFlags'])
          one(`terminal.${k} = ${n}`, () => {
            const t = new bun.Terminal({});
            try {
              t[k] = v();
              return t[k];
            } finally {
              t.close();
            }
          });
      }
      one('Terminal members', () => Object.getOwnPropertyNames(bun.Terminal.prototype).sort());
      one('Terminal after close', () => {
        const t = new bun.Terminal({});
        t.close();
        return [t.closed, t.close(), t.inputFlags, t.ref(), t.unref()];
      });
      one('Terminal write after close', () => {
        const t = new bun.Terminal({});
        t.close();
        return t.write('x');
      });
      one('Terminal resize after close', () => {
        const t = new bun.Terminal({});
        t.close();
        return t.resize(1, 1);
      });
      one('Terminal raw after close', () => {
        const t = new bun.Terminal({});
        t.close();
        return t.setRawMode(true);
      });
      one('Terminal call', () => bun.Terminal({}));
      one('Terminal flags', () => {
        const t = new bun.Terminal({});
        try {
          return [t.inputFlags, t.outputFlags, t.localFlags, t.controlFlags];
        } finally {
          t.close();
        }
      });
      one('Terminal asyncDispose', async () => {
        const t = new bun.Terminal({});
        await t[Symbol.asyncDispose]();
        return t.closed;
      });
    }
  },
};
