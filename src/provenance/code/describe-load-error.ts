import { fileURLToPath } from "node:url";
import { AssayError, isAssayError } from "../../errors/assay-error.ts";
import { didYouMean } from "../../util/nearest.ts";
import { packageName } from "./imported-packages.ts";
import { runningAssay } from "./placeholders.ts";
import { shownPath } from "./shown-path.ts";
import { userPosition } from "./user-position.ts";

/** The module whose import failed. */
export interface FailedModule {
  /** The absolute path of the experiment file. */
  readonly file: string;
  /** The URL that `materialise` gave. */
  readonly url: string;
  /** The entry of Assay that was given to `materialise`. */
  readonly assay?: URL;
}

/**
 * What importing a materialised bundle threw, as `INVALID_FILE` with the position in the user's file, the
 * problem and the error as its cause. An error of Assay (of a space that is not well defined, say) is
 * returned as it is.
 */
export async function describeLoadError(
  error: unknown,
  { file, url, assay = runningAssay }: FailedModule,
): Promise<AssayError> {
  if (isAssayError(error)) return error;
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const position = await userPosition(stack, url, assay);
  const place =
    position === undefined
      ? shownPath(file)
      : `${shownPath(position.file)}:${String(position.line)}:${String(position.column)}`;
  return new AssayError("INVALID_FILE", `${place}: ${await problemOf(error, url, assay)}`, {
    details: { file, ...position },
    cause: error,
  });
}

async function problemOf(error: unknown, url: string, assay: URL): Promise<string> {
  if (!(error instanceof Error)) return `Threw ${String(error)}`;
  const [line = ""] = error.message.split("\n");
  return missingPackage(line, url) ?? (await missingExport(line, assay)) ?? named(error, line, url);
}

/** The problem if a package is not installed, whether `import` or `require` asked for it. */
function missingPackage(message: string, url: string): string | undefined {
  const found = /^Cannot find (?:package|module) '([^']+)'(?: imported from (.+))?$/.exec(message);
  const [, specifier = "", importer] = found ?? [];
  const name = packageName(specifier);
  if (!/^(@[\w.-]+\/)?\w[\w.-]*$/.test(name)) return undefined;
  const other = importer !== undefined && importer !== fileURLToPath(url);
  const by = other ? `, which ${shownPath(importer)} imports,` : "";
  return `Package "${name}"${by} is not installed: npm install ${name}`;
}

/** The problem if Assay has no export of a name, with the nearest one. */
async function missingExport(message: string, assay: URL): Promise<string | undefined> {
  const found = /^The requested module '(.+)' does not provide an export named '(.+)'$/.exec(
    message,
  );
  const [, module, name] = found ?? [];
  const isOurs = module?.startsWith(new URL(".", assay).href) ?? false;
  if (module === undefined || name === undefined || !isOurs) return undefined;
  const names = Object.keys((await import(module)) as object);
  return `Assay exports no "${name}"${didYouMean(name, names)}`;
}

function named(error: Error, line: string, url: string): string {
  const message = line.replace(` imported from ${fileURLToPath(url)}`, "");
  return error.name === "Error" ? message : `${error.name}: ${message}`;
}
