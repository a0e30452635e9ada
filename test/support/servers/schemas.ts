import { randomUUID } from "node:crypto";

/** The URL of a schema that nobody used, in the database at a URL. */
export function freshSchema(url = ""): string {
  return `${url}?schema=test_${randomUUID().replaceAll("-", "")}`;
}

/** The URL by which a storage is opened again: the credentials of `url`, and the schema of a location. */
export function sameSchema(url = "", location: string): string {
  return `${url}${new URL(location).search}`;
}
