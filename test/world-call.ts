/** Calls of the ECS API straight into a gateway, typed as the SDK's and decoded by its schemas: a client without sockets. */
import type { ECS } from '@aws-sdk/client-ecs'
import { ecsModel } from '../src/services/ecs/agent-model.ts'
import { ecsNumbers } from '../src/services/ecs/numbers.ts'
import type { WireRequest, WireResponse } from '../src/wire/protocol.ts'
import { JsonDecoders } from '../src/wire/json-decode.ts'
import { Model } from '../src/wire/schema.ts'

export type OperationName = Capitalize<Extract<keyof ECS, string>>

type Method<Name extends OperationName> = Parameters<Extract<ECS[Uncapitalize<Name>], (...given: never[]) => unknown>>

export type InputOf<Name extends OperationName> = Method<Name>[0]

/** Of the SDK's three forms of a call, the last takes a callback. */
export type OutputOf<Name extends OperationName> = Method<Name>[2] extends (error: never, data?: infer Output) => void
  ? Omit<Output, '$metadata'>
  : never

/** The call was answered with a fault. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status: number) {
    super(message)
    this.code = code
    this.status = status
  }
}

const TARGET = 'AmazonEC2ContainerServiceV20141113'
const model = new Model(ecsModel(), ecsNumbers)
const decoders = new JsonDecoders()

/** Resolves with what the operation answers; rejects with a `Refusal`, or as `handle` does. */
export const callGateway = async <Name extends OperationName>(
  handle: (request: WireRequest) => Promise<WireResponse>,
  operation: Name,
  input: InputOf<Name>,
): Promise<OutputOf<Name>> => {
  const { status, body } = await handle({
    method: 'POST',
    url: '/',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${TARGET}.${operation}` },
    body: Buffer.from(JSON.stringify(input)),
    sourceIp: '127.0.0.1',
  })
  const answer = JSON.parse(body.toString()) as { readonly __type: string; readonly message: string }
  if (status !== 200) throw new Refusal(answer.__type, answer.message, status)
  const shape = model.operations.get(operation)?.output
  if (shape === undefined) throw new Error(`${operation} is no operation`)
  return decoders.of(shape)(answer) as OutputOf<Name>
}
