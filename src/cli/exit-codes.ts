/** How the command line ends. */
export const exitCodes = {
  done: 0,
  error: 1,
  /** An unknown verb or option, a missing argument, a value that an option does not take. */
  usage: 2,
  /** The run ended, and broken trials remain in the experiment. */
  broken: 3,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
