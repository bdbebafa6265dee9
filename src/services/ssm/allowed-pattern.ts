/** Patterns that values have to match as a whole. They come from clients, so they are matched at a bounded cost. */
import { ExpressionError } from '../../scheduler/query/expression-error.ts'
import { compilePattern } from '../../scheduler/query/pattern.ts'
import { fault } from './faults.ts'

/** Throws `InvalidAllowedPatternException` or `ParameterPatternMismatchException`. An empty pattern allows everything. */
export const checkAllowed = (pattern: string | undefined, value: string): void => {
  if (!pattern || compiled(pattern)(value)) return
  throw fault(
    'ParameterPatternMismatchException',
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  )
}

const compiled = (pattern: string): ((value: string) => boolean) => {
  try {
    return compilePattern(pattern, 0)
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw fault('InvalidAllowedPatternException', `The allowed pattern is not valid: ${error.message}`)
  }
}
