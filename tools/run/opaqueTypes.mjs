// `node opaqueTypes.mjs FILE.d.ts PACKAGE`: what declarations import from a package that is bundled becomes opaque, since who installs ours
// has not got it: enumerations are numbers (they are called AV…), everything else is an object that only we look into.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const [file, bundled] = process.argv.slice(2);
if (!existsSync(file)) process.exit(); // built without declarations
const text = readFileSync(file, 'utf8');
const statement = new RegExp(`^import (?:type )?\\{([^}]*)\\} from '${bundled}(?:/[^']*)?';$`, 'gm');
const opaque = text.replace(statement, (_, names) =>
  names
    .split(',')
    .map((name) => name.trim().replace(/^type /, ''))
    .filter(Boolean)
    .map((name) => name.split(' as ').at(-1))
    .map((name) => `type ${name} = ${/^AV/.test(name) ? 'number' : `{ readonly __${name}: unique symbol }`};`)
    .join('\n'),
);
if (opaque.includes(`'${bundled}`)) throw new Error(`${file} still imports from ${bundled}.`);
writeFileSync(file, opaque);
