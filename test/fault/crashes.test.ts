import { describe, expect, test } from "vitest";
import { endOf, faultFolder } from "../support/fault/fault-folder.ts";

const everywhere = ["threads", "processes", "hybrid"] as const;

/** What a trial may do to its worker, the cause that is kept, and what is told of it. */
const faults: readonly (readonly [string, string, string, RegExp])[] = [
  ["exits", `process.exit(7);`, "error", /^The code called process\.exit: .* exit code 7$/],
  [
    "throws outside of its promise",
    `setTimeout(() => { throw new TypeError("Too late"); }, 1); await sleep(1e6);`,
    "error",
    /^Nothing caught: TypeError: Too late$/,
  ],
  [
    "leaves a rejection unhandled",
    `void Promise.reject(new Error("Forgotten")); await sleep(1e6);`,
    "error",
    /^Nothing caught: Forgotten$/,
  ],
  [
    "runs out of memory",
    `const kept = []; for (;;) kept.push(new Array(10_000).fill(kept.length));`,
    "memory",
    /memory/,
  ],
  [
    "blocks its event loop for ever",
    `for (;;);`,
    "timeout",
    /^Ran longer than its limit of 3000 ms$/,
  ],
];

describe.each(everywhere)("a trial that, with %s,", (executor) => {
  test.each(faults)("%s is broken alone, and says why", async (_what, code, cause, message) => {
    const { run, open, executions, finish } = await faultFolder({
      body: `if (n === 5 && first()) { ${code} }`,
    });
    const limits = [
      ...(cause === "timeout" ? ["--timeout", "3s"] : []),
      ...(cause === "memory" ? ["--memory", "300MB"] : []),
    ];
    await endOf(run(["--executor", executor, "--workers", "2", ...limits]), 3);
    const storage = await open();
    expect(await storage.countByStatus("faulty")).toMatchObject({ completed: 11, broken: 1 });
    const [broken] = await storage.fetchTrialsByStatus("faulty", "broken");
    expect(broken).toMatchObject({ number: 5, attempt: 1, error: { cause } });
    expect(broken?.error?.message).toMatch(message);
    expect(executions()).toHaveLength(12);
    expect(await finish(["--executor", executor, "--retry-broken"])).toMatchObject({
      attempts: 13,
      takenOver: 0,
    });
  });
});
