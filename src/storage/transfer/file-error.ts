import { AssayError } from "../../errors/assay-error.ts";

/** What a file that is exported to or imported from could not do, in a line. */
export function fileError(error: unknown, file: string, verb: "read" | "written"): unknown {
  const errno: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  if (typeof errno !== "string" || !/^E[A-Z]+$/.test(errno)) return error;
  const options = { details: { file, errno }, cause: error };
  if (errno === "ENOENT" && verb === "read") {
    return new AssayError("NOT_FOUND", `There is no file ${file}`, options);
  }
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    return new AssayError("STORAGE_FULL", `There is no room left to write ${file}`, options);
  }
  const why: Readonly<Record<string, string>> = {
    ENOENT: "its folder does not exist",
    ENOTDIR: "its folder is a file",
    EISDIR: "it is a folder",
    EACCES: "permission denied",
    EPERM: "permission denied",
    EROFS: "the file system is read-only",
  };
  return new AssayError(
    "STORAGE_UNAVAILABLE",
    `${file} cannot be ${verb}: ${why[errno] ?? errno}`,
    options,
  );
}
