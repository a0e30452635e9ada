/** What a server is started with. */
export interface Ferretdb {
  /** FerretDB's program. */
  readonly program: string;
  /** The folder that PostgreSQL has as its root. */
  readonly root: string;
  /** PostgreSQL's program, and a data folder to copy, as seen from there. */
  readonly postgres: string;
  readonly template: string;
}

/** The parts of a complete installation; undefined where there is none. */
export function findFerretdb(): Ferretdb | undefined;
