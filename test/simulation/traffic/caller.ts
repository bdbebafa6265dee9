/** A client of the API: one call, and what became of it. An answer can be lost; then nobody knows whether the call was done. */
import type { Site } from '../site.ts'
import { type InputOf, type OperationName, type OutputOf, Refusal } from '../../world-call.ts'

export type Outcome<Name extends OperationName> =
  | { readonly kind: 'answered'; readonly output: OutputOf<Name> }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unanswered' }

/** Operations that this version does not have are refused; anything else that is not the caller's fault is a bug. */
const NOT_IMPLEMENTED = 501

export const attempt = async <Name extends OperationName>(
  { world, tell, report }: Site,
  operation: Name,
  input: InputOf<Name>,
): Promise<Outcome<Name>> => {
  try {
    const output = await world.ask(operation, input)
    tell(`${operation} ${brief(input)}: answered`)
    return { kind: 'answered', output }
  } catch (error) {
    if (!(error instanceof Refusal)) {
      tell(`${operation} ${brief(input)}: unanswered`)
      return { kind: 'unanswered' }
    }
    const { code, status, message } = error
    tell(`${operation} ${brief(input)}: ${code}: ${message}`)
    if (status >= 500 && status !== NOT_IMPLEMENTED) report(`${operation} ${JSON.stringify(input)} failed: ${message}`)
    return { kind: 'refused', code }
  }
}

const BRIEF_LENGTH = 300

const brief = (input: unknown): string => JSON.stringify(input)?.slice(0, BRIEF_LENGTH) ?? ''
