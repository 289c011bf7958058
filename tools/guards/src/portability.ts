const MACHINE_PATH = /(?:^|[^\w.~@-])\/(?:work|farm|root|home\/\w+|Users\/\w+)\//;
const REGISTRY = /https?:\/\/[^\s"'/]*(?:registry|artifactory|nexus|verdaccio|mirror)[^\s"'/]*/i;

/** Lines that only make sense on one machine: absolute paths of personal folders, hosts of package registries. */
export function machineTraces(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => MACHINE_PATH.test(line) || REGISTRY.test(line))
    .map((line) => line.trim().slice(0, 160));
}

/** Entries of a lock file that name a host to download from. */
export function resolvedHosts(lock: { packages: Record<string, { resolved?: string }> }): string[] {
  return Object.entries(lock.packages)
    .filter(([, entry]) => /^[a-z+]+:\/\//i.test(entry.resolved ?? ''))
    .map(([name, entry]) => `${name}: ${entry.resolved}`);
}
