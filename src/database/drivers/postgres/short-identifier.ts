import { createHash } from "node:crypto";
import { identifier } from "../../sql/names.ts";

/** PostgreSQL cuts longer names off, and then takes two for one. */
const maxBytes = 63;
const digits = 8;

/** A quoted name. One that is too long keeps its beginning, and a part of its hash tells it from others. */
export function shortIdentifier(name: string): string {
  if (Buffer.byteLength(name) <= maxBytes) return identifier(name);
  const hash = createHash("sha256").update(name).digest("hex").slice(0, digits);
  let kept = "";
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > maxBytes - digits - 1) break;
    kept += character;
  }
  return identifier(`${kept}~${hash}`);
}
