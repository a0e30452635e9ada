import { AssayError } from "../errors/assay-error.ts";

const variable = /\$\{([A-Za-z_]\w*)\}/g;

/**
 * A storage URL of a file with the environment variables that it names as `${NAME}`. In place of a user or a
 * password a value is escaped, so that it may hold any character. `USAGE` names a variable that is not set.
 */
export function expandVariables(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  file: string,
): string {
  const [authority = ""] = /^[a-z][a-z0-9+.-]*:\/\/[^/]*@/i.exec(url) ?? [];
  return url.replace(variable, (_, name: string, place: number) => {
    const value = env[name];
    if (value === undefined) {
      throw new AssayError(
        "USAGE",
        `${file} needs the environment variable ${name} for its storage, and it is not set`,
        { details: { file, variable: name } },
      );
    }
    return place < authority.length ? encodeURIComponent(value) : value;
  });
}
