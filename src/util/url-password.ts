/** What stands before the host of a URL: `scheme://user:password@`. */
const userInfo = /^([a-z][a-z0-9+.-]*:\/\/[^:@/]*):(.*)@/i;
/** Options of database clients that hold secrets. */
const secretOption = /([?&](?:[a-z]*password|pass|passwd|secret|token|[a-z]*sslkey)=)([^&#]*)/gi;
/** A reference to an environment variable, which is no secret itself. */
const variables = /^(?:\$\{\w+\})*$/;

/** A URL as it may be shown: `***` stands for a password in it. Any other text stays as it is. */
export function withoutPassword(url: string): string {
  return url
    .replace(userInfo, (all, before: string, password: string) =>
      variables.test(password) ? all : `${before}:***@`,
    )
    .replace(secretOption, (all, before: string, secret: string) =>
      variables.test(secret) ? all : `${before}***`,
    );
}

/** Whether a URL holds a password, and not only the name of a variable that does. */
export function holdsPassword(url: string): boolean {
  return withoutPassword(url) !== url;
}
