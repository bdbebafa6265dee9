/** Which service and operation a request is for. */
import { Bug, defined } from '../kit/assert.ts'
import type { Claim, Codec, Protocol, WireRequest } from './protocol.ts'
import { Model, type OperationShape } from './schema.ts'
import type { LazyService, ServiceAddress, ServiceDefinition } from './service.ts'
import { claimedScope } from './signature-parts.ts'
import { unknownOperation } from './wire-faults.ts'

/** A service with a codec for each protocol that it speaks. Its model is read at the first call: each costs some megabytes. */
export class ServedService {
  readonly address: ServiceAddress
  readonly #protocols: readonly Protocol[]
  readonly #isChecking: boolean
  readonly #codecs = new Map<Protocol, Codec>()
  #definition: ServiceDefinition | undefined
  #model: Model | undefined

  constructor(service: ServiceDefinition | LazyService, protocols: readonly Protocol[], isChecking: boolean) {
    this.address = service
    if (!('load' in service)) this.#definition = service
    this.#protocols = protocols.filter(({ names }) => service.protocols.some((name) => names.includes(name)))
    this.#isChecking = isChecking
  }

  get isLoaded(): boolean {
    return this.#definition !== undefined
  }

  async load(): Promise<void> {
    if ('load' in this.address) this.#definition ??= await (this.address as LazyService).load()
  }

  get definition(): ServiceDefinition {
    return defined(this.#definition, `the service ${this.address.name}`)
  }

  /** Throws if the operation table names operations that the model does not have. */
  get model(): Model {
    this.#model ??= modelOf(this.definition)
    return this.#model
  }

  speaks(protocol: Protocol): boolean {
    return this.#protocols.includes(protocol)
  }

  codec(protocol: Protocol): Codec {
    const known = this.#codecs.get(protocol)
    if (known !== undefined) return known
    const codec = protocol.codec(this.definition, { isChecking: this.#isChecking })
    this.#codecs.set(protocol, codec)
    return codec
  }
}

export interface Route {
  readonly service: ServedService
  readonly codec: Codec
  readonly operation: OperationShape
}

const modelOf = (definition: ServiceDefinition): Model => {
  const model = new Model(definition.model(), definition.numbers)
  const unknown = [...definition.operations].filter((name) => !model.operations.has(name))
  if (unknown.length === 0) return model
  throw new Bug(`the operation table of ${definition.name} names ${unknown.join(', ')}, which its model does not have`)
}

export class Router {
  readonly #services: readonly ServedService[]

  constructor(services: readonly ServedService[]) {
    this.#services = services
  }

  /** The services that the claim may be addressed to. */
  candidates(protocol: Protocol, claim: Claim): readonly ServedService[] {
    return this.#services.filter((each) => each.speaks(protocol) && protocol.isFor(each.address, claim))
  }

  /** The candidates must be loaded. Throws the fault that names what is not known. */
  route(request: WireRequest, protocol: Protocol, claim: Claim): Route {
    const candidates = this.candidates(protocol, claim)
    for (const service of preferring(candidates, () => claimedScope(request)?.scope.service)) {
      const operation = service.model.operations.get(claim.operation)
      if (operation !== undefined) return { service, codec: service.codec(protocol), operation }
    }
    throw unknownOperation(
      claim,
      protocol.faultStyle,
      this.#services.map(({ address }) => address.name),
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
  return candidates.toSorted((left, right) => Number(right.address.name === name) - Number(left.address.name === name))
}
