/** Numbers as the model's widths have them. */
import type { NumberKind } from './schema.ts'

const INTEGER_MAX = 2 ** 31 - 1

/**
 * The number in its width, or undefined if it does not fit.
 * AWS: its parsers cut the fraction off where the model has an integer.
 */
export const fitNumber = (value: number, width: NumberKind | 'unknown'): number | undefined => {
  if (!Number.isFinite(value)) return undefined
  if (width === 'double') return value
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return undefined
  if (width === 'unknown') return value
  const whole = Math.trunc(value)
  if (width === 'integer' && (whole > INTEGER_MAX || whole < -INTEGER_MAX - 1)) return undefined
  return whole === 0 ? 0 : whole
}
