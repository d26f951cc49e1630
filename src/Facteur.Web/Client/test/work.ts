declare const process: { cpuUsage(): { readonly user: number; readonly system: number } };

/** What something costs, in milliseconds of the processor: the same on a busy machine, where the clock would tell what others do. */
export function workOf(run: () => void): number {
  const spent = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  };
  const before = spent();
  run();
  return spent() - before;
}
