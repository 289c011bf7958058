import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shiftPlugin } from '../../../test/smallParts.js';
import { GimbalError } from '../../errors.js';
import type { EstimatorPlugin, RuntimeInfo } from '../plugin.js';
import { discoverPlugins } from './discoverPlugins.js';
import { pluginFolder } from './pluginModule.js';
import { createRegistry } from './registry.js';

const runtime: RuntimeInfo = { platform: 'linux', arch: 'x64', threads: 2, device: 'auto' };
let root: string;
let project: string;

/** The source of a plug-in module that keeps the contract, with changes to its parts. */
function source(name: string, changes = ''): string {
  return `const plugin = {
    meta: { name: '${name}', version: '1.2.3', apiVersion: 1 },
    parseOptions: (raw) => raw ?? {},
    supports: () => 1,
    create: async () => ({ name: '${name}', memory: ['host'], estimate: async () => undefined }),
  };
  ${changes}
  `;
}

const good = (name: string, changes = ''): string => `${source(name, changes)}export default plugin;`;

async function put(file: string, text: string): Promise<string> {
  const place = path.join(root, file);
  await mkdir(path.dirname(place), { recursive: true });
  await writeFile(place, text);
  return place;
}

async function install(name: string, code: string, manifest: object = {}, where = 'project'): Promise<void> {
  const folder = `${where}/node_modules/${name}`;
  await put(`${folder}/package.json`, JSON.stringify({ name, version: '1.2.3', type: 'module', ...manifest }));
  await put(`${folder}/index.js`, code);
}

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'gimbal-registry-'));
  project = path.join(root, 'project');
  await mkdir(path.join(project, 'deep/er'), { recursive: true });
});

afterAll(() => rm(root, { recursive: true, force: true }));

function resolve(reference: string, from = project): Promise<EstimatorPlugin> {
  return createRegistry([shiftPlugin]).resolve(reference, { from });
}

async function failure(promise: Promise<unknown>): Promise<GimbalError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!GimbalError.isInstance(error)) throw new Error(`Expected a GimbalError, received ${error}.`);
  return error;
}

describe('objects and registered names', () => {
  it('come first', async () => {
    await install('gimbal-estimator-shift', good('another'));
    const registry = createRegistry([shiftPlugin]);
    expect(registry.list()).toEqual([shiftPlugin]);
    expect(await registry.resolve('shift', { from: project })).toBe(shiftPlugin);
    const unregistered = { ...shiftPlugin };
    expect(await registry.resolve(unregistered, { from: project })).toBe(unregistered);
    expect((await registry.resolve('gimbal-estimator-shift', { from: project })).meta.name).toBe('another');
  });

  it('can be registered once a name', () => {
    const registry = createRegistry();
    registry.register(shiftPlugin);
    registry.register(shiftPlugin);
    expect(registry.list()).toHaveLength(1);
    expect(() => registry.register({ ...shiftPlugin })).toThrow(/already registered as "shift"/);
  });

  const broken = (changes: object): EstimatorPlugin => ({ ...shiftPlugin, ...changes }) as EstimatorPlugin;
  const meta = (changes: object): object => ({ meta: { ...shiftPlugin.meta, ...changes } });
  it.each<[unknown, string, RegExp]>([
    [undefined, 'GIMBAL_E_PLUGIN_INVALID', /must be an object, not nothing/],
    [() => shiftPlugin, 'GIMBAL_E_PLUGIN_INVALID', /must be an object, not a value of type function/],
    [broken({ meta: undefined }), 'GIMBAL_E_PLUGIN_INVALID', /`meta` must be an object, not nothing/],
    [broken(meta({ apiVersion: undefined })), 'GIMBAL_E_PLUGIN_INVALID', /`meta.apiVersion` must be a whole number/],
    [broken(meta({ apiVersion: '1' })), 'GIMBAL_E_PLUGIN_INVALID', /whole number, not "1"/],
    [
      broken(meta({ apiVersion: 2 })),
      'GIMBAL_E_PLUGIN_API_VERSION',
      /version 2 of the plug-in contract, .* version 1;/,
    ],
    [broken(meta({ name: '' })), 'GIMBAL_E_PLUGIN_INVALID', /`meta.name` must be a string that is not empty, not ""/],
    [broken(meta({ version: 1 })), 'GIMBAL_E_PLUGIN_INVALID', /`meta.version` .* not 1/],
    [broken({ parseOptions: undefined }), 'GIMBAL_E_PLUGIN_INVALID', /`parseOptions` must be a function, not nothing/],
    [broken({ supports: 1 }), 'GIMBAL_E_PLUGIN_INVALID', /`supports` must be a function, not 1/],
    [broken({ fingerprint: 'a' }), 'GIMBAL_E_PLUGIN_INVALID', /`fingerprint` must be a function or absent, not/],
    [broken({ create: {} }), 'GIMBAL_E_PLUGIN_INVALID', /`create` must be a function, not a value of type object/],
  ])('are checked: %o', async (plugin, code, message) => {
    const registry = createRegistry();
    const error = await failure(registry.resolve(plugin as EstimatorPlugin, { from: project }));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(() => registry.register(plugin as EstimatorPlugin)).toThrow(expect.objectContaining({ code }));
  });
});

describe('installed packages', () => {
  it('are found by short and by full name, from folders below, with and without a scope', async () => {
    await install('gimbal-estimator-plain', good('plain'));
    await install('@acme/gimbal-estimator-scoped', good('scoped'));
    await install('@acme/named-otherwise', good('otherwise'));
    for (const [reference, name] of [
      ['plain', 'plain'],
      ['gimbal-estimator-plain', 'plain'],
      ['@acme/scoped', 'scoped'],
      ['@acme/gimbal-estimator-scoped', 'scoped'],
      ['@acme/named-otherwise', 'otherwise'],
    ]) {
      for (const from of [
        project,
        path.join(project, 'deep/er'),
        path.join(project, 'node_modules/gimbal-estimator-plain'),
      ]) {
        expect((await resolve(reference, from)).meta.name).toBe(name);
      }
    }
    expect(await pluginFolder('scoped', project)).toBeUndefined();
    const folder = path.join(project, 'node_modules/@acme/gimbal-estimator-scoped');
    expect(await pluginFolder('@acme/scoped', path.join(project, 'deep/er'))).toBe(folder);
  });

  it('are found through exports, main and links', async () => {
    await install('gimbal-estimator-exports', 'throw new Error("wrong file")', {
      exports: { '.': { types: './x.d.ts', import: './lib/entry.mjs' } },
    });
    await put('project/node_modules/gimbal-estimator-exports/lib/entry.mjs', good('exports'));
    await install('gimbal-estimator-main', 'throw new Error("wrong file")', { main: 'lib' });
    await put('project/node_modules/gimbal-estimator-main/lib/index.js', good('main'));
    await put('elsewhere/linked/package.json', '{"name":"gimbal-estimator-linked","type":"module","main":"m"}');
    await put('elsewhere/linked/m.js', good('linked'));
    await symlink(
      path.join(root, 'elsewhere/linked'),
      path.join(project, 'node_modules/gimbal-estimator-linked'),
      'junction',
    );
    for (const name of ['exports', 'main', 'linked']) expect((await resolve(name)).meta.name).toBe(name);
  });

  it('may be CommonJS, also when compiled from a default export', async () => {
    const commonjs = { type: 'commonjs' };
    await install('gimbal-estimator-cjs', `${source('cjs')}module.exports = plugin;`, commonjs);
    await install(
      'gimbal-estimator-compiled',
      `${source('compiled')}Object.defineProperty(exports, '__esModule', { value: true }); exports.default = plugin;`,
      commonjs,
    );
    for (const name of ['cjs', 'compiled']) expect((await resolve(name)).meta.name).toBe(name);
  });

  it('the nearest one counts', async () => {
    await install('gimbal-estimator-near', good('far'));
    await install('gimbal-estimator-near', good('near'), {}, 'project/deep');
    expect((await resolve('near', path.join(project, 'deep/er'))).meta.name).toBe('near');
    expect((await resolve('near')).meta.name).toBe('far');
  });

  it('are listed without being loaded', async () => {
    await install('gimbal-estimator-explosive', 'throw new Error("loaded")', { description: 'Do not touch.' }, 'list');
    await install('gimbal-estimator-bare', '', { version: undefined }, 'list');
    await install('@acme/gimbal-estimator-boxed', '', {}, 'list');
    await install('unrelated', '', {}, 'list');
    await put('list/node_modules/gimbal-estimator-empty/readme.md', 'No package.');
    await install('gimbal-estimator-bare', '', { version: '9.9.9' }, 'list/below');
    const found = await discoverPlugins(path.join(root, 'list/below'));
    expect(found.map(({ name, version, description }) => [name, version, description])).toEqual([
      ['@acme/gimbal-estimator-boxed', '1.2.3', undefined],
      ['gimbal-estimator-bare', '9.9.9', undefined],
      ['gimbal-estimator-explosive', '1.2.3', 'Do not touch.'],
    ]);
    expect(found[2].folder).toBe(path.join(root, 'list/node_modules/gimbal-estimator-explosive'));
    expect((await discoverPlugins(path.join(root, 'list')))[1].version).toBe('unknown');
  });

  it('that are missing are named, with what was tried and what there is', async () => {
    await install('gimbal-estimator-present', good('present'), {}, 'sparse');
    const error = await failure(resolve('absent', path.join(root, 'sparse')));
    expect(error.code).toBe('GIMBAL_E_PLUGIN_NOT_FOUND');
    expect(error.message).toContain(
      'No estimator is called "absent": looked for gimbal-estimator-absent and absent from',
    );
    expect(error.message).toContain('Known here: shift, gimbal-estimator-present.');
    const scoped = await failure(resolve('@acme/absent', path.join(root, 'sparse')));
    expect(scoped.message).toContain('looked for @acme/gimbal-estimator-absent and @acme/absent');
    const empty = createRegistry().resolve('gimbal-estimator-absent', { from: path.join(root, 'nowhere') });
    expect((await failure(empty)).message).toMatch(/looked for gimbal-estimator-absent from .*Known here: none\./);
  });

  it('whose name is none are not looked for', async () => {
    for (const name of ['', 'a/b/c', 'with space', '@acme', '@acme/', 'x/../../etc']) {
      const error = await failure(resolve(name));
      expect(error).toMatchObject({
        code: 'GIMBAL_E_PLUGIN_NOT_FOUND',
        message: expect.stringContaining('it cannot be a package name'),
      });
    }
  });
});

describe('paths', () => {
  it('lead to a module or to a folder', async () => {
    const file = await put('project/own.mjs', good('own'));
    await put('project/own-folder/package.json', '{"type":"module","exports":"./p.js"}');
    await put('project/own-folder/p.js', good('folder'));
    await put('project/bare-folder/index.mjs', good('bare'));
    expect((await resolve('./own.mjs')).meta.name).toBe('own');
    expect((await resolve('../../own.mjs', path.join(project, 'deep/er'))).meta.name).toBe('own');
    expect((await resolve(file, root)).meta.name).toBe('own');
    expect((await resolve(pathToFileURL(file).href, root)).meta.name).toBe('own');
    expect((await resolve('./own-folder')).meta.name).toBe('folder');
    expect((await resolve('./bare-folder')).meta.name).toBe('bare');
  });

  it('that lead nowhere are named in full', async () => {
    const error = await failure(resolve('./missing.js'));
    expect(error).toMatchObject({
      code: 'GIMBAL_E_PLUGIN_NOT_FOUND',
      message: `There is no plug-in at "./missing.js": ${path.join(project, 'missing.js')} does not exist.`,
    });
    expect((await failure(resolve('C:\\plugins\\missing.js'))).message).toContain('There is no plug-in at "C:');
  });
});

describe('broken modules', () => {
  it.each<[string, string, string, RegExp]>([
    [
      'throws',
      'throw new Error("no licence")',
      'GIMBAL_E_PLUGIN_FAILED',
      /"\.\/throws\.mjs" could not be loaded \(.*\): no licence$/,
    ],
    ['syntax', 'export default {', 'GIMBAL_E_PLUGIN_FAILED', /could not be loaded/],
    [
      'imports',
      'import "not-installed-anywhere";',
      'GIMBAL_E_PLUGIN_FAILED',
      /could not be loaded .*not-installed-anywhere/,
    ],
    ['words', 'throw "words"', 'GIMBAL_E_PLUGIN_FAILED', /: words$/],
    ['nameless', `${source('x')}export { plugin };`, 'GIMBAL_E_PLUGIN_INVALID', /has no default export/],
    [
      'number',
      'export default 7;',
      'GIMBAL_E_PLUGIN_INVALID',
      /"\.\/number\.mjs" does not keep .* must be an object, not 7/,
    ],
    ['old', good('x', 'plugin.meta.apiVersion = 0;'), 'GIMBAL_E_PLUGIN_API_VERSION', /version 0 .* version 1/],
    ['half', good('x', 'delete plugin.create;'), 'GIMBAL_E_PLUGIN_INVALID', /`create` must be a function, not nothing/],
  ])('%s', async (name, code, errorCode, message) => {
    await put(`project/${name}.mjs`, code);
    const error = await failure(resolve(`./${name}.mjs`));
    expect(error).toMatchObject({ code: errorCode, message: expect.stringMatching(message) });
  });

  it('may report a GimbalError of their own', async () => {
    await put(
      'project/own-error.mjs',
      `const error = new Error('Needs the GPU package.');
      error.code = 'GIMBAL_E_ADDON';
      Object.defineProperty(error, Symbol.for('gimbal.error'), { value: true });
      throw error;`,
    );
    expect(await failure(resolve('./own-error.mjs'))).toMatchObject({
      code: 'GIMBAL_E_ADDON',
      message: 'Needs the GPU package.',
    });
  });

  it('that were never built are told from those that are missing', async () => {
    await install('gimbal-estimator-unbuilt', '', { exports: './dist/index.js' });
    await install('gimbal-estimator-closed', '', { exports: { './other': './index.js' } });
    await install('gimbal-estimator-garbled', '');
    await put('project/node_modules/gimbal-estimator-garbled/package.json', '{ not json');
    const code = 'GIMBAL_E_PLUGIN_INVALID';
    for (const [name, message] of [
      ['unbuilt', /names "\.\/dist\/index\.js", which does not exist; was it built\?/],
      ['closed', /exports none under "\."/],
      ['garbled', /package\.json that is not JSON/],
    ] as const) {
      expect(await failure(resolve(name))).toMatchObject({ code, message: expect.stringMatching(message) });
    }
  });
});

describe('createEstimator', () => {
  const make = (changes: object, raw?: unknown, device: RuntimeInfo['device'] = 'auto') =>
    createRegistry().createEstimator(
      { ...shiftPlugin, ...changes } as EstimatorPlugin,
      raw,
      { runtime: { ...runtime, device } },
      { from: project },
    );

  it('makes the estimator with the options that the plug-in parsed', async () => {
    expect((await make({})).name).toBe('shift');
    expect((await make({}, { loud: true })).name).toBe('SHIFT');
    const byName = createRegistry([shiftPlugin]).createEstimator('shift', {}, { runtime }, { from: project });
    expect((await byName).name).toBe('shift');
  });

  it('says that the plug-in cannot run on this device', async () => {
    const error = await failure(make({}, {}, 'cuda'));
    expect(error.code).toBe('GIMBAL_E_DEVICE_UNAVAILABLE');
    expect(error.message).toMatch(
      /"shift" cannot run with device "cuda": it does not support this machine \(linux, x64\)\. Choose another/,
    );
    expect((await failure(make({ supports: () => -1 }))).code).toBe('GIMBAL_E_DEVICE_UNAVAILABLE');
    const reasoned = await failure(make({ supports: () => ({ score: 0, reason: 'there is no driver.' }) }));
    expect(reasoned.message).toMatch(/"shift" cannot run with device "auto": there is no driver\. Choose another/);
    expect((await make({ supports: () => ({ score: 1 }) })).name).toBe('shift');
  });

  it.each(['parseOptions', 'supports', 'create'])('names %s when it throws, and keeps the cause', async (step) => {
    const cause = new Error('out of luck');
    const throwing = {
      [step]: () => {
        throw cause;
      },
    };
    expect(await failure(make(throwing))).toMatchObject({
      code: 'GIMBAL_E_PLUGIN_FAILED',
      message: `\`${step}\` of estimator "shift" failed: out of luck`,
      cause,
    });
    const own = new GimbalError('GIMBAL_E_CUDA', 'Out of memory.');
    expect(await failure(make({ [step]: () => Promise.reject(own) }))).toBe(own);
    expect((await failure(make({ [step]: () => Promise.reject('words') }))).message).toMatch(/: words$/);
  });

  it('passes wrong options on as the plug-in put it', async () => {
    expect((await failure(make({}, { loud: 'very' }))).message).toContain('`loud` must be true or false.');
  });

  it.each<[object, RegExp]>([
    [{ supports: () => 'yes' }, /`supports` must answer with a number, or an object .* not "yes"/],
    [{ supports: () => Number.NaN }, /`supports` must answer with a number/],
    [{ supports: () => ({ score: '1' }) }, /`supports` must answer with a number, or an object .* not "1"/],
    [{ supports: () => ({ score: 0, reason: 7 }) }, /`reason` in the answer of `supports` must be a string, not 7/],
    [{ create: () => undefined }, /What `create` of estimator "shift" made .* must be an object, not nothing/],
    [{ create: () => ({}) }, /`estimate` must be a function, not nothing/],
    [{ create: () => ({ estimate() {} }) }, /`name` must be a string, not nothing/],
    [{ create: () => ({ estimate() {}, name: 'x' }) }, /`memory` must be a list of "host" and "cuda", not nothing/],
    [{ create: () => ({ estimate() {}, name: 'x', memory: ['disk'] }) }, /not \["disk"\]/],
  ])('refuses what breaks the contract: %o', async (changes, message) => {
    expect(await failure(make(changes))).toMatchObject({
      code: 'GIMBAL_E_PLUGIN_INVALID',
      message: expect.stringMatching(message),
    });
  });
});
