import { $ } from 'bun';
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

let folder: string;
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'shell-')));
  fs.writeFileSync(path.join(folder, 'file.txt'), 'content\n');
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );
const thrown = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return error as any;
  }
  return undefined;
};

describe('reading output', () => {
  test('as text, JSON, bytes, lines', async () => {
    expect(await $`echo hello`.text()).toBe('hello\n');
    expect(await $`echo hello`.text('base64')).toBe('aGVsbG8K');
    expect(await $`echo '{"a": 1}'`.json()).toEqual({ a: 1 });
    expect(await $`echo x`.bytes()).toEqual(new Uint8Array([120, 10]));
    expect(new Uint8Array(await $`echo x`.arrayBuffer())).toEqual(new Uint8Array([120, 10]));
    expect(await (await $`echo x`.blob()).text()).toBe('x\n');
    const lines: string[] = [];
    for await (const line of $`echo "a"; echo; echo b`.lines()) lines.push(line);
    expect(lines).toEqual(['a', '', 'b', '']);
  });

  test('the output object', async () => {
    const output = await $`echo out; echo err 1>&2`.quiet();
    expect(output.constructor.name).toBe('ShellOutput');
    expect(Object.keys(output)).toEqual(['stdout', 'stderr', 'exitCode']);
    expect(output.stdout).toBeInstanceOf(Buffer);
    expect([output.text(), output.stderr.toString(), output.exitCode]).toEqual(['out\n', 'err\n', 0]);
    expect(output.bytes()).toEqual(new Uint8Array(Buffer.from('out\n')));
    expect((await failure($`echo hi`.json())).message).toBe('JSON Parse error: Unexpected identifier "hi"');
  });

  test('a large output', async () => {
    const text = 'x'.repeat(300_000);
    fs.writeFileSync(path.join(folder, 'large'), text);
    expect(await $`cat ${path.join(folder, 'large')}`.text()).toBe(text);
    expect(await $`sh -c ${`cat ${folder}/large`}`.text()).toBe(text);
  });
});

describe('errors', () => {
  test('an exit code other than 0', async () => {
    const error = await failure($`echo out; echo err 1>&2; exit 3`.quiet());
    expect(error).toBeInstanceOf($.ShellError);
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.message, error.exitCode]).toEqual(['ShellError', 'Failed with exit code 3', 3]);
    expect([error.text(), error.stderr.toString()]).toEqual(['out\n', 'err\n']);
    expect(error.info.exitCode).toBe(3);
    expect(String(error)).toBe('ShellError: Failed with exit code 3');
  });

  test('are not thrown when nobody wants them', async () => {
    expect((await $`exit 3`.nothrow()).exitCode).toBe(3);
    expect((await $`exit 3`.throws(false)).exitCode).toBe(3);
    expect((await failure($`exit 3`.nothrow().throws(true))).exitCode).toBe(3);
  });

  test('a command that is not there', async () => {
    const output = await $`no-such-command-here`.quiet().nothrow();
    expect(output.stderr.toString()).toBe('bun: command not found: no-such-command-here\n');
    // POSIX has 127; Bun 1.4.5 has 1.
    expect(output.exitCode).toBe(isDxCompat ? 127 : 1);
  });

  test('a pattern that matches nothing', async () => {
    const output = await $`echo *.matches-nothing`.cwd(folder).quiet().nothrow();
    expect([output.exitCode, output.stderr.toString()]).toEqual([1, 'bun: no matches found: *.matches-nothing\n']);
  });

  test('redirections that lead nowhere', async () => {
    const nowhere = await $`echo a > /no/such/file`.quiet().nothrow();
    expect([nowhere.exitCode, nowhere.stderr.toString().trim()]).toEqual([
      1,
      'bun: No such file or directory: /no/such/file',
    ]);
    const empty = await $`echo a > $EMPTY`.quiet().nothrow();
    expect([empty.exitCode, empty.stderr.toString()]).toEqual([1, 'bun: ambiguous redirect: at `echo`\n']);
  });

  test('signals are 128 and their number', async () => {
    expect((await $`sh -c 'kill -9 $$'`.nothrow().quiet()).exitCode).toBe(137);
  });

  test('syntax errors are thrown at once', () => {
    const starts = [
      [() => $`(echo`, 'Unclosed subshell'],
      [() => $`| a`, 'expected a command or assignment but got: "Pipe"'],
      [() => $`echo >`, 'Redirection with no file'],
      [() => $`echo a &&`, 'expected a command or assignment'],
      [() => $`if true; then echo`, 'Expected "else", "elif", or "fi" but got: Eof'],
      [() => $`echo )`, "Unexpected ')'"],
      [() => $`echo $(`, 'Unclosed command substitution'],
    ] as const;
    for (const [run, message] of starts) {
      const error = thrown(run);
      expect(error).toBeInstanceOf(Error);
      expect(error.message.startsWith(message)).toBe(true);
    }
  });

  // Bun 1.4.5 does not say where.
  test.skipIf(!isDxCompat)('syntax errors name their place in the template', () => {
    const error = thrown(
      () => $`echo ${'a\nb'}
      echo é && | b`,
    );
    expect(error.message).toBe('expected a command or assignment but got: "Pipe" (line 2, column 17)');
    expect([error.line, error.column]).toEqual([2, 17]);
  });
});

describe('values', () => {
  test('what is text', async () => {
    const values = [1, 1.5, 10n, true, null, undefined, new Date(0), new URL('http://a/b'), new String('s')];
    for (const value of values) expect(await $`echo ${value as any}`.text()).toBe(`${value}\n`);
    expect(await $`echo ${{ toString: () => 'own' }}`.text()).toBe('own\n');
    expect(await $`echo ${Bun.file('/a/b')}`.text()).toBe('/a/b\n');
  });

  test('what is not', () => {
    const invalid = (shown: string) =>
      `Invalid JS object used in shell: ${shown}, you might need to call \`.toString()\` on it`;
    expect(thrown(() => $`echo ${Promise.resolve() as any}`).message).toBe(invalid('[object Promise]'));
    expect(thrown(() => $`echo ${{} as any}`).message).toBe(invalid('[object Object]'));
    expect(thrown(() => $`echo ${new Map() as any}`).message).toBe(invalid('[object Map]'));
    expect(thrown(() => $`echo ${Symbol('x') as any}`).message).toBe('Cannot convert a symbol to a string');
    const nul = thrown(() => $`echo ${'a\0b'}`);
    expect([nul.code, nul.name]).toEqual(['ERR_INVALID_ARG_VALUE', 'TypeError']);
    const reference = 'expected a command or assignment but got: "JSObjRef"';
    expect(thrown(() => $`echo ${Buffer.from('b') as any}`).message.startsWith(reference)).toBe(true);
  });

  test('arrays are arguments', async () => {
    expect(await $`${['echo', 'a  b', 'c']}`.text()).toBe('a  b c\n');
    expect(await $`echo x${[1, 2]}y`.text()).toBe('x1 2y\n');
    expect(await $`echo "${['a b', 'c']}"`.text()).toBe('a b c\n');
    expect(await $`echo ${[]} x`.text()).toBe('x\n');
    expect(await $`sh -c 'echo $#' sh ${['a b', '', 'c']}`.text()).toBe('3\n');
  });

  test('raw text is text of the script', async () => {
    expect(await $`echo ${{ raw: 'a b; echo c' }}`.text()).toBe('a b\nc\n');
    expect(await $`${{ raw: 'echo `echo sub`' }}`.text()).toBe('sub\n');
  });

  test('objects that are read', async () => {
    for (const value of [Buffer.from('text'), new Uint8Array([116, 101, 120, 116]), new Blob(['text'])])
      expect(await $`cat < ${value}`.text()).toBe('text');
    expect(await $`cat < ${new Response('text')}`.text()).toBe('text');
    expect(await $`sh -c 'cat' < ${new Response('text')}`.text()).toBe('text');
    expect(await $`cat < ${Bun.file(path.join(folder, 'file.txt'))}`.text()).toBe('content\n');
    expect(await $`cat < ${path.join(folder, 'file.txt')}`.text()).toBe('content\n');
  });

  // Bun 1.4.5 refuses streams, and reads nothing from a response that is made of one.
  test.skipIf(!isDxCompat)('streams that are read', async () => {
    const stream = () =>
      new ReadableStream({
        async start(controller) {
          for (let i = 0; i < 5; i++) {
            await Bun.sleep(1);
            controller.enqueue(new TextEncoder().encode(`${i}\n`.repeat(50_000)));
          }
          controller.close();
        },
      });
    expect(await $`cat < ${stream()} | wc -l`.text()).toMatch(/^ *250000\n$/);
    expect(await $`sh -c 'wc -l' < ${stream()}`.text()).toMatch(/^ *250000\n$/);
    expect(await $`head -n 1 < ${stream()}`.text()).toBe('0\n');
    expect(await $`cat < ${new Response(stream())} | tail -n 1`.text()).toBe('4\n');
  });

  test('objects that are written', async () => {
    const bytes = new Uint8Array(8);
    await $`echo abc > ${bytes}`.quiet();
    expect([...bytes]).toEqual([97, 98, 99, 10, 0, 0, 0, 0]);
    const small = Buffer.alloc(3);
    await $`echo abcdef > ${small}`.quiet();
    expect(small.toString()).toBe('abc');
    const errors = Buffer.alloc(4);
    expect(await $`sh -c 'echo out; echo err >&2' 2> ${errors}`.text()).toBe('out\n');
    expect(errors.toString()).toBe('err\n');
    const gone = new Uint8Array(4);
    const writing = $`echo abc | cat > ${gone}`.quiet();
    (writing as any).run();
    structuredClone(gone, { transfer: [gone.buffer] });
    expect((await writing).exitCode).toBe(0);
    const words = new Uint16Array(2);
    await $`echo abc > ${words}`;
    expect([...words]).toEqual([25185, 2659]);
    const file = path.join(folder, 'written');
    await $`echo a > ${Bun.file(file)}`;
    expect(fs.readFileSync(file, 'utf8')).toBe('a\n');
    expect((await failure($`echo x > ${new Blob(['y'])}`)).message).toBe(
      'Cannot redirect stdout/stderr to an immutable blob. Expected a file',
    );
  });
});

describe('the promise', () => {
  test('starts when somebody waits', async () => {
    const file = path.join(folder, 'lazy');
    const promise = $`echo x > ${file}`;
    await Bun.sleep(5);
    expect(fs.existsSync(file)).toBe(false);
    await promise;
    expect(fs.existsSync(file)).toBe(true);
  });

  test('is a promise, and chains', async () => {
    const promise = $`exit 4`.quiet();
    expect(promise).toBeInstanceOf(Promise);
    expect(promise).toBeInstanceOf($.ShellPromise);
    expect(promise.constructor.name).toBe('ShellPromise');
    const next = promise.then(() => 'no');
    expect(next.constructor).toBe(Promise);
    expect(await next.catch((error) => error.exitCode)).toBe(4);
    expect((await Promise.all([$`echo a`.text(), $`echo b`.text()])).join('')).toBe('a\nb\n');
  });

  test('takes no orders once it runs', async () => {
    const promise = $`echo hi`.quiet();
    expect((promise as any).run()).toBe(promise);
    const message = 'Shell is already running';
    expect(thrown(() => promise.quiet()).message).toBe(message);
    expect(thrown(() => promise.cwd('/')).message).toBe(message);
    expect(thrown(() => promise.env({})).message).toBe(message);
    expect((promise as any).run()).toBe(promise);
    expect(promise.nothrow()).toBe(promise);
    expect((await promise).exitCode).toBe(0);
  });

  test('.cwd()', async () => {
    expect(await $`pwd`.cwd(folder).text()).toBe(`${folder}\n`);
    expect(await $`cd /; pwd`.cwd(folder).text()).toBe('/\n');
    expect(await $`echo $PWD; cat file.txt`.cwd(folder).text()).toBe(`${folder}\ncontent\n`);
    const error = await failure($`pwd`.cwd('/no/such/folder'));
    expect([error.code, error.message]).toEqual(['ENOENT', 'No such file or directory']);
  });

  test('.env()', async () => {
    expect(await $`echo $A $B`.env({ A: '1', B: undefined }).text()).toBe('1\n');
    expect(await $`/bin/sh -c 'echo [$A]'`.env({ A: 'x y' }).text()).toBe('[x y]\n');
    process.env.SHELL_TEST_VARIABLE = 'now';
    expect(await $`echo $SHELL_TEST_VARIABLE`.text()).toBe('now\n');
    delete process.env.SHELL_TEST_VARIABLE;
    const error = thrown(() => $`echo`.env('x' as any));
    expect([error.code, error.message]).toEqual(['ERR_INVALID_ARG_TYPE', 'env must be an object']);
  });
});

describe('$ itself', () => {
  test('is a tag', () => {
    const message = "Please use '$' as a tagged template function: $`cmd arg1 arg2`";
    expect(thrown(() => ($ as any)('echo hi')).message).toBe(message);
    expect(thrown(() => ($ as any)(['echo hi'])).message).toBe(message);
    expect(Bun.$).toBe($);
    expect([$.name, $.length]).toEqual(['BunShell', 1]);
    expect(Object.keys($).sort()).toEqual(['Shell', 'ShellError', 'ShellPromise', 'braces', 'escape']);
  });

  test('new $.Shell() has defaults of its own', async () => {
    const own = new $.Shell();
    expect(own.nothrow()).toBe(own);
    expect((await own`exit 2`).exitCode).toBe(2);
    own.env({ A: 'own' }).cwd(folder);
    expect(await own`echo $A; pwd`.text()).toBe(`own\n${folder}\n`);
    expect((await failure($`exit 2`)).exitCode).toBe(2);
    expect(await $`echo $A`.text()).toBe('\n');
    own.env().cwd().throws(true);
    expect((await failure(own`exit 2`)).exitCode).toBe(2);
    expect(thrown(() => own.cwd(5 as any)).message).toBe('cwd must be a string or undefined');
    expect(thrown(() => own.env(null as any)).message).toBe('env must be an object or undefined');
    expect(thrown(() => ($.Shell as any)())).toBeInstanceOf(TypeError);
  });

  test('$.escape', () => {
    const escaped: [string, string][] = [
      ['abc', 'abc'],
      ['', '""'],
      ['a b', '"a b"'],
      ['$(foo) `bar` "baz"', '"\\$(foo) \\`bar\\` \\"baz\\""'],
      ["it's", '"it\'s"'],
      ['a\\b', '"a\\\\b"'],
      ['a1', '"a1"'],
      ['a!b^c%d@e:f.g/h', 'a!b^c%d@e:f.g/h'],
      ['é', 'é'],
      ['*', '"*"'],
      ['~', '"~"'],
    ];
    for (const [text, expected] of escaped) expect($.escape(text)).toBe(expected);
  });

  test('$.braces', () => {
    expect($.braces('echo {1,2,3}')).toEqual(['echo 1', 'echo 2', 'echo 3']);
    expect($.braces('{a,{b,c}}d')).toEqual(['ad', 'bd', 'cd']);
    expect($.braces('{,a}')).toEqual(['', 'a']);
    for (const plain of ['x{1..3}', '{a}', '', '{a,b', 'a{b', '\\{a,b}']) expect($.braces(plain)).toEqual([plain]);
    expect($.braces(5 as any)).toEqual(['5']);
  });
});

describe('what the process sees', () => {
  const child = (code: string) => {
    const { stdout, stderr, exitCode } = Bun.spawnSync([process.execPath, '-e', code], { env: process.env as any });
    return { stdout: stdout.toString(), stderr: stderr.toString(), exitCode };
  };

  test('output goes to its standard output and error, unless it is quiet', () => {
    expect(child('const o = await Bun.$`echo out; echo err 1>&2`; console.log(o.stdout.length)')).toEqual({
      stdout: 'out\n4\n',
      stderr: 'err\n',
      exitCode: 0,
    });
    expect(child('await Bun.$`echo out; sh -c "echo err >&2"`.quiet()')).toEqual({
      stdout: '',
      stderr: '',
      exitCode: 0,
    });
  });

  test('a shell that runs keeps it alive', () => {
    expect(child('Bun.$`sleep 0.1; echo later`.then(() => console.log("then"))').stdout).toBe('later\nthen\n');
  });

  test('bun is this command line', async () => {
    expect(await $`bun -e 'console.log(6 * 7)'`.text()).toBe('42\n');
    expect(await $`bun -e 'console.log(6 * 7)'`.env({ PATH: '' }).text()).toBe('42\n');
  });
});
