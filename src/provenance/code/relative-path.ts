import { relative, sep } from "node:path";
import { pathToFileURL } from "node:url";

/** A path relative to the root, with forward slashes on every system. */
export function relativePath(root: string, path: string): string {
  return relative(root, path).split(sep).join("/");
}

/**
 * A relative path with forward slashes as it stands in a URL. Every segment is encoded as Node does it:
 * a module that is imported by two spellings of its URL is loaded twice.
 */
export function toUrlPath(path: string): string {
  return path.split("/").map(toUrlSegment).join("/");
}

function toUrlSegment(segment: string): string {
  if (segment === "..") return segment;
  const { pathname } = pathToFileURL(`/${segment}`);
  return pathname.slice(pathname.lastIndexOf("/") + 1);
}
