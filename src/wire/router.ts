/** Which service and operation a request is for. */
import { Bug } from '../kit/assert.ts'
import type { Claim, Codec, Protocol, WireRequest } from './protocol.ts'
import { Model, type OperationShape } from './schema.ts'
import type { ServiceDefinition } from './service.ts'
import { claimedScope } from './signature-parts.ts'
import { unknownOperation } from './wire-faults.ts'

/** A service with its model read and a codec for each protocol that it speaks. */
export interface ServedService {
  readonly definition: ServiceDefinition
  readonly model: Model
  readonly codecs: ReadonlyMap<Protocol, Codec>
}

export interface Route {
  readonly service: ServedService
  readonly codec: Codec
  readonly operation: OperationShape
}

/** Reads the service's model. Throws if its table names operations that the model does not have. */
export const serve = (
  definition: ServiceDefinition,
  protocols: readonly Protocol[],
  isChecking: boolean,
): ServedService => {
  const model = new Model(definition.model, definition.numbers)
  const unknown = [...definition.operations].filter((name) => !model.operations.has(name))
  if (unknown.length > 0)
    throw new Bug(
      `the operation table of ${definition.name} names ${unknown.join(', ')}, which its model does not have`,
    )
  const spoken = protocols.filter(({ names }) => definition.protocols.some((name) => names.includes(name)))
  const codecs = new Map(spoken.map((protocol) => [protocol, protocol.codec(definition, { isChecking })]))
  return { definition, model, codecs }
}

export class Router {
  readonly #services: readonly ServedService[]

  constructor(services: readonly ServedService[]) {
    this.#services = services
  }

  /** Throws the fault that names what is not known. */
  route(request: WireRequest, protocol: Protocol, claim: Claim): Route {
    const candidates = this.#services.filter(
      (each) => each.codecs.has(protocol) && protocol.isFor(each.definition, claim),
    )
    for (const service of preferring(candidates, () => claimedScope(request)?.scope.service)) {
      const operation = service.model.operations.get(claim.operation)
      const codec = service.codecs.get(protocol)
      if (operation !== undefined && codec !== undefined) return { service, codec, operation }
    }
    throw unknownOperation(
      claim,
      protocol.faultStyle,
      this.#services.map(({ definition }) => definition.name),
    )
  }
}

/** Several services may share an address, as an API version; the one that the request is signed for comes first then. */
const preferring = (
  candidates: readonly ServedService[],
  signedFor: () => string | undefined,
): readonly ServedService[] => {
  if (candidates.length < 2) return candidates
  const name = signedFor()
  return candidates.toSorted(
    (left, right) => Number(right.definition.name === name) - Number(left.definition.name === name),
  )
}
