/** Ends this worker process, which leads a process group, and all that it started. */
export function endGroup(): void {
  process.kill(-process.pid, "SIGKILL");
}
