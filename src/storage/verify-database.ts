import type { Storage } from "./storage.ts";
import type { Verification, VerifyOptions } from "./verify/verification.ts";

/**
 * Looks at everything that a storage holds, and tells what is not as it always has to be; docs/guides/database.md
 * lists what that is. Without `repair` it only reads, in constant memory, and other processes may go on writing:
 * what changed while it was looked at is looked at again before it is called a problem.
 * Throws `NOT_FOUND` for an experiment that is not there.
 *
 * @example
 * const { problems } = await verifyDatabase(storage);
 */
export async function verifyDatabase(
  storage: Storage,
  options: VerifyOptions = {},
): Promise<Verification> {
  // Every worker imports this module through the user's file, and few of them verify.
  const { verify } = await import("./verify/verify.ts");
  return await verify(storage, options);
}
