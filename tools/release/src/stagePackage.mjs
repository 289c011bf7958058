import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ONNX_RUNTIME } from '../../run/onnxRuntimePackage.mjs';
import { root } from '../../run/stage.mjs';
import { describeAddon } from './addonFile.mjs';
import { addressFields, withAbsoluteLinks } from './projectAddress.mjs';

const SYSTEMS = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

/** Whether a package has an addon, and so binaries that are published beside it. */
export function hasAddon(directory) {
  return existsSync(path.join(directory, 'CMakeLists.txt'));
}

/** The name of the package that carries a package's binary for this system. */
export function prebuiltName(name) {
  return `${name}-${process.platform}-${process.arch}`;
}

/**
 * Copies what a package publishes into `folder`, ready for `npm pack`: with `prebuilt`, the names of the packages that carry its
 * binaries, as optional dependencies (of its own version, or of ONNX Runtime's), and without scripts and what else is for development.
 */
export function stagePackage(directory, folder, prebuilt) {
  const { scripts, nx, devDependencies, ...manifest } = readManifest(directory);
  mkdirSync(folder, { recursive: true });
  copyLicense(folder);
  for (const name of manifest.files) cpSync(path.join(directory, name), path.join(folder, name), { recursive: true });
  const place = placeOf(directory);
  const readme = readFileSync(path.join(directory, 'README.md'), 'utf8');
  writeFileSync(path.join(folder, 'README.md'), withAbsoluteLinks(readme, place));
  if (prebuilt.length > 0) {
    const versions = prebuilt.map((name) => [
      name,
      name.includes('/onnxruntime-') ? ONNX_RUNTIME.version : manifest.version,
    ]);
    manifest.optionalDependencies = { ...manifest.optionalDependencies, ...Object.fromEntries(versions) };
  }
  writeManifest(folder, { ...manifest, ...addressFields(place) });
}

/** Makes the package that carries `addon`, the binary of the package in `directory` for this system, in `folder`. */
export function stagePrebuilt(directory, folder, addon) {
  const { name, version, license, author, engines } = readManifest(directory);
  const file = path.basename(addon);
  const system = `${SYSTEMS[process.platform] ?? process.platform} on ${process.arch}`;
  mkdirSync(folder, { recursive: true });
  cpSync(addon, path.join(folder, file));
  copyLicense(folder);
  writeFileSync(
    path.join(folder, 'README.md'),
    `# ${prebuiltName(name)}\n\nThe compiled part of \`${name}\` for ${system}. npm installs it with that package; it is nothing by itself.\n`,
  );
  const gimbal = describeAddon(addon);
  writeManifest(folder, {
    name: prebuiltName(name),
    version,
    description: `The compiled part of ${name} for ${system}.`,
    license,
    author,
    keywords: ['gimbal', 'prebuilt'],
    ...addressFields(placeOf(directory)),
    engines,
    os: [process.platform],
    cpu: [process.arch],
    ...(gimbal.glibc === undefined ? {} : { libc: ['glibc'] }),
    main: file,
    files: [file],
    preferUnplugged: true,
    gimbal,
  });
}

/** Adds to the package of ONNX Runtime in `folder` where we keep what repacked it. */
export function addAddress(folder) {
  writeManifest(folder, { ...readManifest(folder), ...addressFields('packages/ihn') });
}

/** Where a package lies in the repository, as addresses name it. */
function placeOf(directory) {
  return path.relative(root, directory).split(path.sep).join('/');
}

/** The repository has one licence; npm puts it into every package that has it in its folder. */
function copyLicense(folder) {
  cpSync(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
}

function readManifest(directory) {
  return JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
}

function writeManifest(folder, manifest) {
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
