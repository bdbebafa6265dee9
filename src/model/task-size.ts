/** CPU and memory of a whole task, which the API takes as text: `1024`, `1 vCPU`, `2GB`. */

const CPU = /^(\d+|\d*\.\d+)\s*vcpu$/i
const MEMORY = /^(\d+|\d*\.\d+)\s*gb$/i
const PLAIN = /^\d{1,9}$/

/** CPU units, 1024 per core; undefined if the text is neither units nor vCPUs. */
export const parseTaskCpu = (text: string): number | undefined => inUnits(text, CPU, 1024)

/** MiB; undefined if the text is neither MiB nor GB. */
export const parseTaskMemory = (text: string): number | undefined => inUnits(text, MEMORY, 1024)

const inUnits = (text: string, large: RegExp, factor: number): number | undefined => {
  const trimmed = text.trim()
  if (PLAIN.test(trimmed)) return Number(trimmed)
  const number = large.exec(trimmed)?.[1]
  return number === undefined ? undefined : Math.round(Number(number) * factor)
}
