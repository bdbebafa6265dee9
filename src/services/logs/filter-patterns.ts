/** Filter patterns that requests give. */
import { type FilterPattern, parseFilterPattern } from '../../model/filter-pattern/filter-pattern.ts'
import { InvalidFilterPattern } from '../../model/filter-pattern/invalid-filter-pattern.ts'
import { invalidParameter } from './faults.ts'

/** Throws `InvalidParameterException`. */
export const checkedPattern = (text: string): FilterPattern => {
  try {
    return parseFilterPattern(text)
  } catch (error) {
    if (!(error instanceof InvalidFilterPattern)) throw error
    throw invalidParameter(`Invalid filter pattern: ${error.message}`)
  }
}
