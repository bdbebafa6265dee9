/** Amounts in few characters. What is not known is a dash. */

export const UNKNOWN = '-'

const UNITS = ['', 'K', 'M', 'G', 'T', 'P']
const STEP = 1024

/** `340`, `1.2K`, `12M`: bytes, in steps of 1024, of at most five characters. */
export const bytes = (amount: number | undefined): string => {
  if (amount === undefined) return UNKNOWN
  let [value, unit] = [amount, 0]
  while (value >= 999.5 && unit < UNITS.length - 1) [value, unit] = [value / STEP, unit + 1]
  return `${shortened(value, unit === 0)}${UNITS[unit]}`
}

export const mebibytes = (amount: number | undefined): string =>
  amount === undefined ? UNKNOWN : bytes(amount * STEP * STEP)

export const percent = (amount: number | undefined): string =>
  amount === undefined ? UNKNOWN : amount >= 99.95 ? amount.toFixed(0) : amount.toFixed(1)

const shortened = (value: number, isWhole: boolean): string =>
  isWhole || value >= 9.95 ? value.toFixed(0) : value.toFixed(1)

const BARS = '▁▂▃▄▅▆▇█'

/** One character for each value; the highest bar is 100 percent, or the largest value above it. A gap where nothing is known. */
export const sparkline = (percents: readonly (number | null)[]): string => {
  const highest = Math.max(100, ...percents.map((value) => value ?? 0))
  return percents
    .map((value) =>
      value === null ? ' ' : BARS[Math.min(BARS.length - 1, Math.floor((value / highest) * BARS.length))],
    )
    .join('')
}
