/** The version of this process's glibc, or undefined where it is another C library, such as musl, or another system. */
export function systemGlibc(): string | undefined {
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean | undefined } = process.report;
  const { excludeNetwork } = report;
  report.excludeNetwork = true; // looking up the names of open connections may take seconds
  try {
    const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
    return header?.glibcVersionRuntime;
  } finally {
    report.excludeNetwork = excludeNetwork;
  }
}

/** Why a binary that needs at least the glibc `needed` cannot run where `system` is what there is; undefined when it can. */
export function glibcProblem(needed: string, system: string | undefined): string | undefined {
  if (system === undefined) return `needs glibc ${needed}, and this system has another C library, such as musl`;
  const [major, minor] = needed.split('.').map(Number);
  const [systemMajor, systemMinor] = system.split('.').map(Number);
  const enough = systemMajor === major ? systemMinor >= minor : systemMajor > major;
  return enough ? undefined : `needs glibc ${needed} or newer, and this system has ${system}`;
}
