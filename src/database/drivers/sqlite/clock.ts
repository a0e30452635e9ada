import { bootId, monotonicMs } from "../../../util/boot.ts";
import type { Connection } from "./connection.ts";

/**
 * The database's clock: the machine's monotonic time plus an offset that the file keeps for this boot, so
 * that all processes read the same time and setting the wall clock moves nothing. It starts near the wall
 * clock. After a boot it starts anew; who held a lease before that is provably gone.
 */
export async function openClock(connection: Connection): Promise<() => number> {
  const stored = await connection.read(() => readOffset(connection));
  const offset = stored ?? (await startClock(connection));
  return () => offset + monotonicMs();
}

function readOffset(connection: Connection): number | undefined {
  const row = connection
    .prepare("SELECT offset FROM assay_clock WHERE boot = ?")
    .pluck()
    .get(bootId());
  return typeof row === "number" ? row : undefined;
}

async function startClock(connection: Connection): Promise<number> {
  return await connection.transaction(() => {
    const stored = readOffset(connection);
    if (stored !== undefined) return stored;
    const offset = Date.now() - monotonicMs();
    connection.prepare("DELETE FROM assay_clock").run();
    connection
      .prepare("INSERT INTO assay_clock (boot, offset) VALUES (?, ?)")
      .run(bootId(), offset);
    return offset;
  });
}
