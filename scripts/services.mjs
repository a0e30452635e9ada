// Says which backends and tools the tests can use on this machine, installs those that are missing where that
// needs no question (as root, by apt, without starting a daemon), and says how to get the others.

import { findTool, installPackage } from "./services/apt.mjs";
import { backends, tools } from "./services/catalog.mjs";

const found = [];
const missing = [];

for (const backend of backends) {
  let description = await backend.find();
  if (description === undefined && backend.install !== undefined) {
    await backend.install();
    description = await backend.find();
  }
  if (description === undefined) missing.push(`${backend.name} is missing: ${backend.remedy}`);
  else found.push(`${backend.name} (${description})`);
}

for (const tool of tools) {
  if (findTool(tool) === undefined) installPackage(tool.package);
  const version = findTool(tool);
  if (version !== undefined) found.push(`${tool.name} (version ${version})`);
  else {
    console.error(
      `${tool.name} is missing, and tests that need it are not run: install the package ${tool.package}`,
    );
  }
}

if (found.length > 0) console.log(`The tests use ${found.join(", ")}`);
for (const line of missing) console.error(line);
if (missing.length > 0) process.exitCode = 1;
