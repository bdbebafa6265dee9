/** Attributes as requests give them and answers show them: lists of keys and values. */
import type { AttributeProblem } from '../../model/load-balancing/attribute-rules.ts'
import type { ChangedAttributes } from '../../model/load-balancing/attributes.ts'
import { ATTRIBUTE_VALUE_LENGTH, ATTRIBUTES_PER_CALL } from '../../model/load-balancing/limits.ts'
import type { Attributes } from '../../model/load-balancing/records.ts'
import type { Fault } from '../../wire/fault.ts'
import { checkConstraints } from '../constraints.ts'
import { invalidConfigurationRequest, validationError } from './faults.ts'

interface AttributeShape {
  readonly Key?: string | undefined
  readonly Value?: string | undefined
}

/** The attributes that a request sets. */
export const requestedAttributes = (given: readonly AttributeShape[] = []): Attributes => {
  checkConstraints({ attributes: given }, { attributes: { min: 1, max: ATTRIBUTES_PER_CALL } }, validationError)
  const entries = given.map(({ Key = '', Value = '' }) => [Key, Value] as const)
  for (const [key, value] of entries) {
    if (value.length > ATTRIBUTE_VALUE_LENGTH)
      throw validationError(
        `The value of attribute '${key}' cannot be longer than ${ATTRIBUTE_VALUE_LENGTH} characters`,
      )
    if (entries.filter(([other]) => other === key).length > 1)
      throw validationError(`Attribute key '${key}' was specified multiple times`)
  }
  return Object.fromEntries(entries)
}

/** What is to be stored, or the fault for what is wrong. */
export const acceptedAttributes = (changed: ChangedAttributes): Attributes => {
  if (changed.problem !== undefined) throw faultOf(changed.problem)
  return changed.attributes
}

const faultOf = ({ kind, message }: AttributeProblem): Fault =>
  kind === 'value' ? validationError(message) : invalidConfigurationRequest(message)

/** Attributes as clients see them. */
export const describeAttributes = (attributes: Attributes): { Key: string; Value: string }[] =>
  Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }))
