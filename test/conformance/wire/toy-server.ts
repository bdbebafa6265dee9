/** A real HTTP server around a gateway whose services do what a test says: for tests of the wire, not of the services. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as ecs from '@aws-sdk/client-ecs'
import * as sts from '@aws-sdk/client-sts'
import { type Clock, SystemClock } from '../../../src/kit/clock.ts'
import { SystemIds } from '../../../src/kit/ids.ts'
import { silentLog } from '../../../src/kit/log.ts'
import { type Authenticator, bySignature } from '../../../src/wire/authentication.ts'
import { Gateway } from '../../../src/wire/gateway.ts'
import { configureServer, createListener } from '../../../src/wire/listener.ts'
import type { CallContext, ServiceDefinition } from '../../../src/wire/service.ts'

export const ACCOUNT = '123456789012'
export const CREDENTIALS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
export const REGION = 'eu-west-1'

type Handler = (input: never, context: CallContext) => object

export interface ToyOptions {
  /** Of the listener. */
  readonly clock?: Pick<Clock, 'setTimer'>
  /** Handlers by operation. */
  readonly ecs?: Readonly<Record<string, Handler>>
  readonly sts?: Readonly<Record<string, Handler>>
  readonly authenticator?: Authenticator
  readonly routes?: Readonly<Record<string, RequestListener>>
}

export interface ToyServer {
  readonly endpoint: string
  readonly port: number
  readonly gateway: Gateway
  close(): Promise<void>
}

const callOf =
  (handlers: Readonly<Record<string, Handler>>): ServiceDefinition['call'] =>
  (operation, input, context) =>
    Promise.resolve().then(() => handlers[operation]!(input as never, context))

const ecsService = (handlers: Readonly<Record<string, Handler>>): ServiceDefinition => ({
  name: 'ecs',
  model: () => ecs,
  targetPrefix: 'AmazonEC2ContainerServiceV20141113',
  protocols: ['json-1.1'],
  faults: { invalidInput: 'InvalidParameterException' },
  operations: new Set(Object.keys(handlers)),
  call: callOf(handlers),
})

const stsService = (handlers: Readonly<Record<string, Handler>>): ServiceDefinition => ({
  name: 'sts',
  model: () => sts,
  query: { version: '2011-06-15', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  protocols: ['query'],
  faults: { invalidInput: 'ValidationError' },
  operations: new Set(Object.keys(handlers)),
  call: callOf(handlers),
})

const principal = {
  arn: `arn:aws:iam::${ACCOUNT}:user/ada`,
  account: ACCOUNT,
  userId: 'AIDAEXAMPLE',
  accessKeyId: CREDENTIALS.accessKeyId,
}

const whoSigned: Authenticator = bySignature(
  {
    find: (accessKeyId) =>
      accessKeyId === CREDENTIALS.accessKeyId ? { secretAccessKey: CREDENTIALS.secretAccessKey, principal } : undefined,
  },
  { account: ACCOUNT, region: REGION },
)

export const toyGateway = (options: ToyOptions = {}): Gateway =>
  new Gateway({
    services: [ecsService(options.ecs ?? {}), stsService(options.sts ?? {})],
    authenticator: options.authenticator ?? whoSigned,
    clock: new SystemClock(),
    ids: new SystemIds(),
    log: silentLog,
    isChecking: true,
  })

export const toyServer = async (options: ToyOptions = {}): Promise<ToyServer> => {
  const gateway = toyGateway(options)
  const server = createServer(
    createListener({ gateway, clock: options.clock ?? new SystemClock(), routes: options.routes ?? {} }),
  )
  configureServer(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { endpoint: `http://127.0.0.1:${port}`, port, gateway, close }
}
