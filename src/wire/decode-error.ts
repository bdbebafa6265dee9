/**
 * Input that does not fit its shape. Codecs throw these while walking; each level that one passes adds where it happened, so that a
 * fitting request pays nothing for paths. Sentences are AWS's, e.g. `STRING_VALUE cannot be converted to Integer`.
 */
import { Fault } from './fault.ts'
import type { OperationShape, StructureShape } from './schema.ts'
import type { ServiceDefinition } from './service.ts'
import type { FaultStyle } from './wire-faults.ts'

/** A value of the wrong type, or a body that cannot be read at all. */
export class MalformedInput extends Error {
  override readonly name = 'MalformedInput'
}

/** A required member that is absent. */
export class MissingMember extends Error {
  override readonly name = 'MissingMember'
  readonly #path: (string | number)[]

  constructor(member: string) {
    super('a required member is absent')
    this.#path = [member]
  }

  isInside(step: string | number): void {
    this.#path.unshift(step)
  }

  /** E.g. `overrides.containerOverrides[0].name`. */
  get path(): string {
    return this.#path
      .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
      .join('')
  }
}

/** The same error, which a walk throws on from one place up: what is missing below is missing at `step`. */
export const placed = (error: unknown, step: string | number): unknown => {
  if (error instanceof MissingMember) error.isInside(step)
  return error
}

/** A union is one of its members: with none or several set it says nothing. */
export const requireOneMember = (union: StructureShape, value: object): void => {
  if (Object.keys(value).length !== 1) throw new MalformedInput(`Exactly one member of ${union.name} must be set`)
}

/** The fault for what a walk threw; anything but the two above passes through. */
export const decodeFault = (
  style: FaultStyle,
  service: ServiceDefinition,
  operation: OperationShape,
  error: unknown,
): unknown => {
  if (error instanceof MalformedInput) return new Fault({ code: MALFORMED_CODE[style], message: error.message })
  if (!(error instanceof MissingMember)) return error
  const inOwnWords = service.faults.missingMember?.(operation.name, error.path)
  return new Fault(inOwnWords ?? { code: service.faults.invalidInput, message: missingSentence(error.path) })
}

const MALFORMED_CODE = {
  json: 'SerializationException',
  query: 'MalformedInput',
  ec2: 'InvalidParameterValue',
} as const

const missingSentence = (path: string): string =>
  `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`
