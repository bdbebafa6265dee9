/** What CPU units are to the kernel. */

/** The kernel's limits for CPU shares; ECS turns 0 into the lowest. */
const CPU_SHARES = { least: 2, most: 262_144 }

export const cpuShares = (cpuUnits: number): number => Math.min(CPU_SHARES.most, Math.max(CPU_SHARES.least, cpuUnits))
