/** Services on a real HTTP port, over an empty store, for one user who may do everything: for tests with the official clients. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { silentLog } from '../../src/kit/log.ts'
import type { ServicesDeps } from '../../src/services/deps.ts'
import { bySignature } from '../../src/wire/authentication.ts'
import { Gateway } from '../../src/wire/gateway.ts'
import { configureServer, createListener } from '../../src/wire/listener.ts'
import type { ServiceDefinition } from '../../src/wire/service.ts'
import { emptyStore, servicesDeps } from '../services-deps.ts'

export const ACCOUNT = '123456789012'
export const REGION = 'us-east-1'
export const CALLER_ARN = `arn:aws:iam::${ACCOUNT}:user/ada`

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }

export interface ServiceServer {
  /** What a client of any service is made with. */
  readonly client: {
    readonly endpoint: string
    readonly region: string
    readonly credentials: typeof credentials
    readonly maxAttempts: number
  }
  /** What the services are made of, for what only others can bring about. */
  readonly deps: ServicesDeps
  close(): Promise<void>
}

export const serviceServer = async (
  ...services: readonly ((deps: ServicesDeps) => ServiceDefinition)[]
): Promise<ServiceServer> => {
  const deps = servicesDeps(await emptyStore())
  const principal = { arn: CALLER_ARN, account: ACCOUNT, userId: 'AIDAEXAMPLE', accessKeyId: credentials.accessKeyId }
  const found = { secretAccessKey: credentials.secretAccessKey, principal }
  const gateway = new Gateway({
    services: services.map((service) => service(deps)),
    authenticator: bySignature(
      { find: (accessKeyId) => (accessKeyId === credentials.accessKeyId ? found : undefined) },
      { account: ACCOUNT, region: REGION },
    ),
    clock: new SystemClock(),
    ids: new SystemIds(),
    log: silentLog,
    isChecking: true,
  })
  const server = createServer(createListener({ gateway, clock: new SystemClock() }))
  configureServer(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    client: { endpoint: `http://127.0.0.1:${port}`, region: REGION, credentials, maxAttempts: 1 },
    deps,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
