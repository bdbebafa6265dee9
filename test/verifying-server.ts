/** A control plane on a free port that verifies signatures and asks policies, and what the root user's clients need. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, SystemClock } from '../src/kit/clock.ts'
import { SystemIds } from '../src/kit/ids.ts'
import { silentLog } from '../src/kit/log.ts'
import { bootstrap } from '../src/roles/bootstrap.ts'
import { ControlPlane, type ControlPlaneOptions } from '../src/roles/control-plane.ts'
import { blobKeys } from '../src/services/ecr/blob-keys.ts'
import { temporaryBlobStore } from '../src/store/blobs/temporary-blob-store.ts'
import type { Store } from '../src/store/store.ts'
import { aSealer, emptyStore } from './services-deps.ts'
import { passingStores } from './passing-stores.ts'

export const REGION = 'us-east-1'
export const ACCOUNT = '000000000000'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface VerifyingServer {
  readonly endpoint: string
  readonly root: Credentials
  readonly store: Store
  readonly close: () => Promise<void>
}

export const verifyingServer = async (
  clock: Clock = new SystemClock(),
  more: Pick<ControlPlaneOptions, 'audit' | 'registrySuffix' | 'advisoriesFile' | 'replicationEndpoints'> = {},
): Promise<VerifyingServer> => {
  const [ids, store] = [new SystemIds(), await emptyStore()]
  const [place, sealer] = [{ account: ACCOUNT, region: REGION }, aSealer()]
  const blobs = temporaryBlobStore(blobKeys({ store, clock, ids, sealer, ...place }))
  const common = { ...passingStores(clock), blobs, store, clock, ids, ...place }
  const { keys, rootAccessKey } = await bootstrap({ ...common, sealer, cluster: 'default' })
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const plane = new ControlPlane({ ...common, log: silentLog, isDev: false, endpoint, keys, isChecking: true, ...more })
  server.on('request', plane.listener)
  server.on('upgrade', (request, socket, head) => plane.handleUpgrade(request, socket, head))
  await plane.start()
  const close = async (): Promise<void> => {
    await plane.stop()
    server.closeAllConnections()
    server.close()
    await store.close()
  }
  const { accessKeyId, secretAccessKey } = rootAccessKey
  return { endpoint, root: { accessKeyId, secretAccessKey }, store, close }
}

/** Policy documents of one statement. */
export const documentOf = (statement: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Resource: '*', ...statement }] })
