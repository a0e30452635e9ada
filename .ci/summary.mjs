// summary.mjs REPORT [FAILED STAGE …]: names what failed and ends with "N passed, N failed".
// REPORT is what vitest's json reporter wrote. A failed stage other than the tests counts as one
// failure, and so do tests that could not finish, so that "0 failed" always means that all is well.

import { readFileSync } from "node:fs";

const [reportFile, ...failedStages] = process.argv.slice(2);

function readReport() {
  try {
    return JSON.parse(readFileSync(reportFile, "utf8"));
  } catch {
    return undefined;
  }
}

const report = readReport() ?? {
  numPassedTests: 0,
  testResults: [{ name: "tests", message: "no report was written", assertionResults: [] }],
};
const failures = report.testResults.flatMap(({ name, message, assertionResults }) => {
  const tests = assertionResults.filter(({ status }) => status === "failed");
  if (tests.length > 0) return tests.map(({ fullName }) => `${name}: ${fullName}`);
  return message ? [`${name}: ${message.split("\n")[0]}`] : [];
});
const otherStages = failedStages.filter((stage) => stage !== "test" || failures.length === 0);

for (const failure of failures) console.log(`failed: ${failure}`);
for (const stage of otherStages) console.log(`failed: stage ${stage}`);

const failed = failures.length + otherStages.length;
console.log(`${report.numPassedTests} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
