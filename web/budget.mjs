/**
 * What a page costs before anything is chosen on it: from the build's manifest, the script of each page by gzip, and
 * whose chunks are only fetched where they are used. Ends with 1 where that is not so.
 */
import console from 'node:console';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { URL } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUDGET_KB = 150;
/** Fetched by the component that needs it, when it is shown. */
const LAZY = ['@mux/mux-player-react', '@mux/mux-uploader-react'];

const dist = new URL('dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));
const chunks = Object.entries(manifest);

const closure = (key, seen = new Set()) => {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
};
const weight = (keys) =>
  [...new Set([...keys].map((key) => manifest[key].file))]
    .filter((file) => file.endsWith('.js'))
    .reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist))).length, 0) / 1000;

const [[entry]] = chunks.filter(([, chunk]) => chunk.isEntry);
const own = (key) => key.startsWith('src/');
const pages = [entry, ...(manifest[entry].dynamicImports ?? []).filter(own)];
const faults = [];

for (const page of pages) {
  const keys = new Set([...closure(entry), ...closure(page)]);
  const kB = weight(keys);
  console.log(`${kB.toFixed(1).padStart(7)} kB  ${page}`);
  if (kB > BUDGET_KB) faults.push(`${page} needs ${kB.toFixed(1)} kB of script, more than ${BUDGET_KB}`);
  for (const name of LAZY) {
    if ([...keys].some((key) => key.includes(name))) faults.push(`${page} loads ${name} at once`);
  }
}
for (const name of LAZY) {
  const [found] = chunks.filter(([key, chunk]) => key.includes(name) && chunk.isDynamicEntry);
  if (found === undefined) faults.push(`${name} is no chunk of its own`);
  else console.log(`${weight(closure(found[0])).toFixed(1).padStart(7)} kB  ${name}, where it is shown`);
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
