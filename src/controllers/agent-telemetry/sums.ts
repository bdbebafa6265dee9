/** Sums and parts of what may not be known. */

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** Of those that are known; undefined if none is. */
export const sumOfKnown = (numbers: readonly (number | undefined)[]): number | undefined => {
  const known = numbers.filter((number) => number !== undefined)
  return known.length === 0 ? undefined : sum(known)
}

export const percent = (part: number | undefined, whole: number): number | undefined =>
  part === undefined || whole === 0 ? undefined : (part / whole) * 100

/** Nobody reads more digits. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000
