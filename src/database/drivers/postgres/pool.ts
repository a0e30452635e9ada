import { AssayError } from "../../../errors/assay-error.ts";

/**
 * The part of a pool of the package `pg` that the driver uses. Only the driver knows that package, and it is
 * an optional peer: so its types are described here, not imported.
 */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
}

export interface PostgresClient {
  query(query: Submittable): unknown;
  /** Gives the connection back to its pool, or ends it. */
  release(destroy?: boolean): void;
  on(event: "error", listener: (error: unknown) => void): unknown;
  removeListener(event: "error", listener: (error: unknown) => void): unknown;
}

/** The connection under a client, as a query meets it that writes its own messages. */
export interface Wire {
  readonly stream: { cork?(): void; uncork?(): void };
  parse(statement: { readonly text: string; readonly name: string }): void;
  bind(portal: { readonly statement: string; readonly values: readonly unknown[] }): void;
  execute(portal: { readonly portal: string }): void;
  close(what: { readonly type: "S"; readonly name: string }): void;
  sync(): void;
  sendCopyFail(why: string): void;
}

/** What a client calls of a query of one's own. */
export interface Submittable {
  submit(wire: Wire): null;
  handleRowDescription(): void;
  handleDataRow(message: { readonly fields: (string | null)[] }): void;
  handlePortalSuspended(): void;
  handleEmptyQuery(): void;
  handleCommandComplete(message: { readonly text: string }): void;
  handleError(error: unknown): void;
  handleReadyForQuery(): void;
  handleCopyInResponse(wire: Wire): void;
  handleCopyData(): void;
}

/** Checks that a client that was passed is a pool. Throws `INVALID_VALUE` with what is wanted. */
export function toPool(client: object): PostgresPool {
  if (!("connect" in client) || typeof client.connect !== "function") {
    throw new AssayError("INVALID_VALUE", `A PostgreSQL storage takes a Pool of the package "pg"`);
  }
  if (!("totalCount" in client)) {
    throw new AssayError(
      "INVALID_VALUE",
      `A PostgreSQL storage takes a Pool of the package "pg", not a single Client: several operations run at a time`,
    );
  }
  const options: unknown = "options" in client ? client.options : undefined;
  if (
    typeof options === "object" &&
    options !== null &&
    Reflect.get(options, "pipeline") === true
  ) {
    throw new AssayError(
      "INVALID_VALUE",
      "A PostgreSQL storage sends its statements together by itself: it takes a Pool without the option pipeline",
    );
  }
  return client as PostgresPool;
}
