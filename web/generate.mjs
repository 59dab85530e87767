/**
 * From docs/openapi to `src/seatime/api/generated`: the services' shapes as TypeScript. With `--check` nothing is
 * written, and it ends with 1 where that would change anything.
 */
import console from 'node:console';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { URL, fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const SERVICES = ['upload', 'playback', 'progress', 'analytics'];
const documents = new URL('../docs/openapi/', import.meta.url);
const generated = new URL('src/seatime/api/generated/', import.meta.url);
const check = process.argv.includes('--check');
const stale = [];

mkdirSync(generated, { recursive: true });
for (const service of SERVICES) {
  // What a request may leave out for its default is optional, default or not.
  const types = await openapiTS(new URL(`${service}.json`, documents), { defaultNonNullable: false });
  const text = `/** Generated from docs/openapi/${service}.json by \`make schemas\`. */\n\n${astToString(types)}`;
  const file = new URL(`${service}.ts`, generated);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  stale.push(fileURLToPath(file));
  if (!check) writeFileSync(file, text);
}
if (stale.length > 0) console.error(`${check ? 'stale, run make schemas' : 'changed'}:\n  ${stale.join('\n  ')}`);
process.exitCode = check && stale.length > 0 ? 1 : 0;
