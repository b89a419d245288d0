// What a process has cost so far: https://docs.kernel.org/scheduler/sched-stats.html
import { readdirSync, readFileSync } from "node:fs";

/** CPU time of all threads of a process, in nanoseconds. */
export function cpuNanoseconds(pid: number): number {
  let sum = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    sum += threadNanoseconds(`/proc/${pid}/task/${thread}/schedstat`);
  }
  return sum;
}

function threadNanoseconds(file: string): number {
  try {
    return Number(readFileSync(file, "latin1").split(" ")[0]);
  } catch {
    // The thread has ended meanwhile.
    return 0;
  }
}

/** Resident memory of a process, in MiB. */
export function residentMib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) / 1024;
}
