/** The last argument of a worker process whose group is killed from outside when its parent is gone. */
export const watchedArgument = "watched";
