/**
 * After the build: declarations name files as Node does (`./client.js`), so that every setting of TypeScript finds them,
 * and so does the import of the styles, which have nothing to declare.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { URL, fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('dist/types/', import.meta.url));

const named = (from, specifier) => {
  if (specifier.endsWith('.css')) return specifier;
  for (const ending of ['.js', '/index.js']) {
    const file = join(dirname(from), specifier + ending).replace(/\.js$/, '.d.ts');
    if (existsSync(file)) return specifier + ending;
  }
  throw new Error(`${from} names ${specifier}, which is not there`);
};

for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue;
  const file = join(folder, name);
  const text = readFileSync(file, 'utf8')
    .replace(/^import '[^']*\.css';\n/gm, '')
    .replace(/(from |import\()(['"])(\.[^'"]*)\2/g, (_, how, quote, specifier) => how + quote + named(file, specifier) + quote);
  writeFileSync(file, text);
}

writeFileSync(fileURLToPath(new URL('dist/styles.d.ts', import.meta.url)), 'export {};\n');
