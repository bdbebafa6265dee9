/** The test layers, one vitest project each, from the fastest to the one that needs real engines. */
import { defineConfig } from 'vitest/config'

const layer = (name: string, include: string[], testTimeout: number) => ({
  test: { name, include, testTimeout, hookTimeout: testTimeout * 2, environment: 'node' as const },
})

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...layer('unit', ['src/**/*.test.ts', 'test/*.test.ts', 'tools/**/*.test.ts'], 60_000).test,
          isolate: false,
        },
      },
      layer('conformance', ['test/conformance/**/*.test.ts'], 120_000),
      layer('scenarios', ['test/scenarios/**/*.test.ts'], 120_000),
      layer('simulation', ['test/simulation/**/*.test.ts'], 300_000),
      layer('e2e', ['test/e2e/**/*.test.ts'], 300_000),
    ],
  },
})
