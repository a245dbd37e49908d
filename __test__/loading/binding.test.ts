import { describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import path from 'node:path';
import { isDxCompat } from '../runtime';
import { evaluate, project, root } from './host';

/** A copy of the package as npm would unpack it: without the local build. */
function unpack(folder: string): string {
  const target = path.join(folder, 'node_modules', 'dx-compat');
  fs.unlinkSync(target);
  for (const name of ['package.json', 'index.js', 'pure.js', 'register.js', 'lib']) {
    fs.cpSync(path.join(root, name), path.join(target, name), {
      recursive: true,
      filter: (file) => !file.endsWith('.node'),
    });
  }
  return target;
}

const touch = `const Bun = require('dx-compat'); let error;
  try { Bun.password.hashSync('x', { algorithm: 'bcrypt', cost: 4 }); } catch (e) { error = e; }
  console.log(JSON.stringify({ name: error?.name, code: error?.code, message: error?.message, escaped: Bun.escapeHTML('<') }));`;

const platform = fs
  .readdirSync(path.join(root, 'lib'))
  .find((name) => name.endsWith('.node'))!
  .split('.')[1];

// About Node as the host: Bun has nothing to load.
describe.skipIf(!isDxCompat)('the binary', () => {
  test('missing: the error names the platform, the package and the build command; the rest works', () => {
    using app = project({ 'main.cjs': touch });
    unpack(app.folder);
    const { code, message, escaped } = evaluate(app.folder, 'main.cjs');
    expect(code).toBe('ERR_BINDING_MISSING');
    expect(message).toContain(`no native binary for ${platform} (Node v`);
    expect(message).toContain(`npm install @dx-compat/${platform}`);
    expect(message).toContain('npm run build');
    expect(escaped).toBe('&lt;');
  });

  test('broken: the error says why it did not load', () => {
    using app = project({ 'main.cjs': touch });
    const target = unpack(app.folder);
    fs.writeFileSync(path.join(target, 'lib', `dx-compat.${platform}.node`), 'not a library');
    const { code, message } = evaluate(app.folder, 'main.cjs');
    expect(code).toBe('ERR_BINDING_MISSING');
    expect(message).toContain('What was found did not load:');
  });

  test('is found in the package of the platform', () => {
    using app = project({ 'main.cjs': touch });
    unpack(app.folder);
    const folder = path.join(app.folder, 'node_modules', '@dx-compat', platform);
    fs.cpSync(path.join(root, 'npm', platform), folder, { recursive: true });
    fs.copyFileSync(
      path.join(root, 'lib', `dx-compat.${platform}.node`),
      path.join(folder, `dx-compat.${platform}.node`),
    );
    expect(evaluate(app.folder, 'main.cjs')).toEqual({ escaped: '&lt;' });
  });
});
