/** The package as its users' bundlers want it: a module for each of ours, so that they take what they use. */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import manifest from './package.json' with { type: 'json' };

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const told = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });

/** What is not ours is installed beside the package, and so has to be told in its package.json. */
const isExternal = (id: string): boolean => {
  if (id.startsWith('.') || id.startsWith('/') || id.startsWith('\0')) return false;
  if (told.some((name) => id === name || id.startsWith(`${name}/`))) return true;
  throw new Error(`${id} is imported, but it is not in package.json`);
};

export default defineConfig({
  root: at('.'),
  logLevel: 'warn',
  plugins: [react()],
  css: { modules: { generateScopedName: 'seatime-[local]-[hash:base64:5]' } },
  build: {
    target: 'es2022',
    sourcemap: true,
    minify: false,
    lib: {
      entry: { index: at('index.ts'), charts: at('../../src/seatime/charts.ts'), reporter: at('../../src/seatime/reporter.ts') },
      formats: ['es'],
      cssFileName: 'styles',
    },
    rolldownOptions: {
      external: isExternal,
      output: {
        preserveModules: true,
        preserveModulesRoot: at('../../src/seatime'),
        entryFileNames: '[name].js',
        // Where components may run on a server (Next.js), these two doors lead to the browser; the reporter has no React.
        banner: ({ name, isEntry }) => (isEntry && name !== 'reporter' ? "'use client';" : ''),
      },
    },
  },
});
