/** What a worker runs: materialised code, and the file that it came from, for messages. */
export interface WorkerProgram {
  /** The `file:` URL of the module to import. */
  readonly url: string;
  /** The absolute path of the experiment file, and as the user named it. */
  readonly file: string;
  readonly shownFile: string;
  /** The export that is the experiment. */
  readonly exportName: string;
}
