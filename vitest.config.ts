import { availableParallelism } from "node:os";
import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = {
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // Native modules and `process.chdir` want processes, not threads.
    pool: "forks",
    // Much of what they do is to wait for processes and servers: two at a time also on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: "test/support/servers/global-setup.ts",
    reporters: ["default", "./test/support/servers/missing-backends.ts"],
    // `import "assay"` in test/ is the built package, loaded by Node as a user's program loads it.
    server: { deps: { external: [/\/dist\//] } },
  },
};

export default config;
