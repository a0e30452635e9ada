import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { bootId, isProcessGone, monotonicMs, processIdentity } from "./boot.ts";

/** An identity like this process's, with some of its parts replaced. */
function identityWith(parts: Readonly<Record<number, string>>): string {
  const own = processIdentity().split("/");
  return own.map((part, i) => parts[i] ?? part).join("/");
}

test("a boot has one id, and its clock goes forward", () => {
  expect(bootId()).toBe(bootId());
  const before = monotonicMs();
  expect(monotonicMs()).toBeGreaterThanOrEqual(before);
});

test("this process is not gone", () => {
  expect(processIdentity()).toBe(processIdentity());
  expect(isProcessGone(processIdentity())).toBe(false);
});

test("a process that ended is gone", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(child, "spawn");
  // Without a start it is the number alone that tells.
  const identity = identityWith({ 3: String(child.pid), 4: "0" });
  expect(isProcessGone(identity)).toBe(false);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isProcessGone(identity)).toBe(true);
});

test("a process whose number another one has now is gone", () => {
  expect(isProcessGone(identityWith({ 4: "1" }))).toBe(process.platform === "linux");
});

test("a process of this machine from before it was booted is gone", () => {
  expect(isProcessGone(identityWith({ 0: "another boot" }))).toBe(true);
});

test("of processes elsewhere it cannot be known", () => {
  expect(isProcessGone(identityWith({ 1: "another machine", 0: "another boot" }))).toBe(false);
  expect(isProcessGone(identityWith({ 2: "another namespace", 4: "1" }))).toBe(false);
  for (const text of ["", "holder", "a/b/c", "a b c"]) expect(isProcessGone(text)).toBe(false);
});
