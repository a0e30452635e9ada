import { existsSync } from "node:fs";
import { verifyVerb } from "../built-files.ts";
import { runCli } from "../run-cli.ts";

/** What `assay db verify` finds wrong with the database of a folder; nothing where there is no such verb. */
export async function verifyDatabase(cwd: string, storage: string): Promise<string[]> {
  if (!existsSync(verifyVerb)) return [];
  const { code, stdout, stderr } = await runCli(["db", "verify", "--storage", storage], { cwd });
  return code === 0 ? [] : [`assay db verify ended with ${String(code)}: ${stdout}${stderr}`];
}
