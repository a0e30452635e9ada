import type { CommandProgram } from "./command/define-command.ts";

/** What a worker of any kind can run: it is data. */
export type WorkerProgram =
  | { readonly kind: "file"; readonly program: FileProgram }
  | { readonly kind: "command"; readonly program: CommandProgram };

/** Materialised code, and the file that it came from, for messages. */
export interface FileProgram {
  /** The `file:` URL of the module to import. */
  readonly url: string;
  /** The absolute path of the experiment file, and as the user named it. */
  readonly file: string;
  readonly shownFile: string;
  /** The export that is the experiment. */
  readonly exportName: string;
}
