// A global: the file that is imported and the worker that imports it may see two copies of this module.
const importing = Symbol.for("assay.importing");

/** The experiment file that this thread is importing now, if it is. */
export function fileBeingImported(): string | undefined {
  const file: unknown = Reflect.get(globalThis, importing);
  return typeof file === "string" ? file : undefined;
}

/** Imports a module on behalf of an experiment file. */
export async function importFor(file: string, url: string): Promise<Record<string, unknown>> {
  Reflect.set(globalThis, importing, file);
  try {
    return (await import(url)) as Record<string, unknown>;
  } finally {
    Reflect.deleteProperty(globalThis, importing);
  }
}
