import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds a running stack's gateway. */
const gateway = process.env['SEATIME_GATEWAY'] ?? 'http://127.0.0.1:8600';

export default defineConfig({
  plugins: [react()],
  server: { proxy: { '/api': gateway, '/demo': gateway } },
  build: {
    manifest: true, // `npm run budget` reads it
    // A page that takes one name from `seatime/index.ts` must not load all that stands behind the others.
    rolldownOptions: { treeshake: { moduleSideEffects: [{ test: /\/src\/seatime\/.*\.tsx?$/, sideEffects: false }] } },
    // Mux's player and the chart library are chunks of their own, fetched only where they are used.
    chunkSizeWarningLimit: 1200,
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/testing.ts'],
    testTimeout: 60_000,
    restoreMocks: true,
  },
});
