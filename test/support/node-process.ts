import { spawn } from "node:child_process";
import { onTestFinished } from "vitest";

/** A Node process that was started. */
export interface NodeProcess {
  /** Ends it at once, as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
  /** The JSON that it printed. Rejects with what it wrote on standard error when it failed. */
  readonly printed: Promise<unknown>;
}

/** Runs a module's text in a Node process of its own. It is killed when the test is over. */
export function startNode(text: string): NodeProcess {
  const args = ["--input-type=module", "--eval", text];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (output += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (errors += part));
  const closed = new Promise<string>((resolve) => {
    child.once("close", (code, signal) => resolve(String(signal ?? code)));
  });
  const printed = closed.then((end) => {
    if (end !== "0") throw new Error(`Node ended with ${end}: ${errors}`);
    return JSON.parse(output) as unknown;
  });
  printed.catch(() => undefined);
  const kill = async () => {
    child.kill("SIGKILL");
    await closed;
  };
  onTestFinished(kill);
  return { kill, printed };
}

/** A process that executes an experiment file and prints the summary. */
export function startExecution(file: string, options: object): NodeProcess {
  return startNode(`
    import { execute } from ${JSON.stringify(import.meta.resolve("assay"))};
    const options = { ...${JSON.stringify(options)}, onOutput: () => undefined };
    console.log(JSON.stringify(await execute(${JSON.stringify(file)}, options)));`);
}
