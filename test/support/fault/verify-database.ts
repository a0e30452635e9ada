import { runCli } from "../run-cli.ts";

/** What `assay db verify` finds wrong with the database of a folder. */
export async function verifyDatabase(cwd: string, storage: string): Promise<string[]> {
  const { code, stdout, stderr } = await runCli(["db", "verify", "--storage", storage], { cwd });
  return code === 0 ? [] : [`assay db verify ended with ${String(code)}: ${stdout}${stderr}`];
}
