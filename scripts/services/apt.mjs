// Debian's packages, and the programs that they bring.

import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

/** Tells Debian's packages whether they may start their daemons. */
const policy = "/usr/sbin/policy-rc.d";

/** Installs a package where that needs no question: as root, by apt. Its daemons are not started. */
export function installPackage(name) {
  if (process.getuid?.() !== 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args) => spawnSync("apt-get", args, { stdio: "ignore", env }).status === 0;
  const isOurs = !existsSync(policy);
  if (isOurs) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    if (apt("install", "-y", "--no-install-recommends", name)) return;
    if (apt("update")) apt("install", "-y", "--no-install-recommends", name);
  } finally {
    if (isOurs) rmSync(policy, { force: true });
  }
}

/** The version that a program tells, or undefined where it is not on the PATH. */
export function versionOf(program) {
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return /[0-9][0-9.]+/.exec(stdout ?? "")?.[0];
}

export function findTool({ program }) {
  return versionOf(program);
}
