/** CPU and memory of a task as clients write them: "256", "1 vCPU", "0.5 GB". Source: RegisterTaskDefinition in the API reference. */
const CPU_UNITS_PER_VCPU = 1024
const MIB_PER_GB = 1024

/** CPU units, or undefined if the text is not a CPU size. */
export const parseCpu = (text: string): number | undefined =>
  parseSize(text, /^(\d*\.?\d+)\s*vcpu$/i, CPU_UNITS_PER_VCPU)

/** MiB, or undefined if the text is not a memory size. */
export const parseMemory = (text: string): number | undefined => parseSize(text, /^(\d*\.?\d+)\s*gb$/i, MIB_PER_GB)

const parseSize = (text: string, withUnit: RegExp, factor: number): number | undefined => {
  const trimmed = text.trim()
  const size = /^\d+$/.test(trimmed) ? Number(trimmed) : Number(withUnit.exec(trimmed)?.[1] ?? Number.NaN) * factor
  return Number.isSafeInteger(size) && size > 0 ? size : undefined
}
