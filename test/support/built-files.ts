import { fileURLToPath } from "node:url";

/** A file of the repository, also from a program that was bundled somewhere else. */
function inRepository(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.resolve("assay")));
}

/** The command line as it is built. */
export const commandLine: string = inRepository("dist/cli/main.js");

/** The program that runs an experiment under leases of a given length. */
export const leaseProgram: string = inRepository("test/support/programs/run-with-lease.mjs");
