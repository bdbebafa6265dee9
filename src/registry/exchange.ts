/** One request to the registry, and what its handlers work with. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import { repositoryArn } from '../model/arn.ts'
import type { Principal } from '../model/principal.ts'
import type { RepositoryRecord } from '../model/image-records.ts'
import { REPLICATION_HEADER } from '../model/registry-rules.ts'
import type { BlobStore } from '../store/blobs/blob-store.ts'
import { repositoryFor, templateFor } from '../store/images/create-repository.ts'
import type { Store } from '../store/store.ts'
import type { ManifestCache } from './manifest-cache.ts'
import { RegistryFault } from './registry-fault.ts'
import type { TrailEvent } from './trail.ts'
import type { PullThrough } from './upstream/pull-through.ts'

/** Who asks, as the composition makes certain of it. */
export interface RegistryCaller {
  /** The registry that is asked for. */
  readonly account: string
  readonly region: string
  /** Some users' and roles' pulls are not noted. */
  readonly principal?: Principal
  /** What the client should tell its user. */
  readonly warnings?: readonly string[]
  /** Throws `RegistryFault` unless the caller may do all of it, e.g. `ecr:PutImage`. `repository` may not exist. */
  demand(actions: readonly string[], repository: RepositoryTarget): void
  /** Leaves a trace of what was done, or was refused with `error`. */
  trace(event: TrailEvent, error?: RegistryFault): void
}

export interface RepositoryTarget {
  readonly arn: string
  /** Undefined if there is none. */
  readonly record: RepositoryRecord | undefined
}

export interface RegistryTools {
  readonly store: Store
  readonly blobs: BlobStore
  readonly manifests: ManifestCache
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** What other registries have; without it, there is nothing of them. */
  readonly upstream?: PullThrough
  /** How long a push may rely on a layer, if not as long as usual. */
  readonly layerGraceMs?: number
}

export interface Exchange extends RegistryTools {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly query: URLSearchParams
  readonly caller: RegistryCaller
  /** To be called before a change is answered: what is acknowledged has left its trace. */
  readonly acknowledge: () => void
}

/** The repository, if the caller may do that with it. Throws `RegistryFault`, and tells who may not nothing of what there is. */
export const requireRepository = (
  { store, caller }: Pick<Exchange, 'store' | 'caller'>,
  name: string,
  actions: readonly string[],
): RepositoryRecord => {
  const arn = repositoryArn(caller.region, caller.account, name)
  const record = store.tables.repositories.get(arn)
  caller.demand(actions, { arn, record })
  if (record !== undefined) return record
  // AWS: this sentence.
  throw new RegistryFault(
    'NAME_UNKNOWN',
    `The repository with name '${name}' does not exist in the registry with id '${caller.account}'`,
  )
}

/** Another registry brings an image that was pushed to it. */
export const isReplication = ({ request }: Exchange): boolean => request.headers[REPLICATION_HEADER] !== undefined

/**
 * The same for who pushes. AWS: the repository is made if there is none, a template says so, and the caller may; for replication also without a
 * template.
 */
export const requirePushable = async (
  exchange: Exchange,
  name: string,
  actions: readonly string[],
): Promise<RepositoryRecord> => {
  const { store, caller, ids, clock } = exchange
  const reason = isReplication(exchange) ? 'REPLICATION' : 'CREATE_ON_PUSH'
  const wanted = reason === 'REPLICATION' ? ['ecr:ReplicateImage', ...actions] : actions
  const arn = repositoryArn(caller.region, caller.account, name)
  const isMade =
    store.tables.repositories.get(arn) === undefined &&
    (reason === 'REPLICATION' || templateFor(store.tables, caller, name, reason) !== undefined)
  if (!isMade) return requireRepository(exchange, name, wanted)
  caller.demand(['ecr:CreateRepository', ...wanted], { arn, record: undefined })
  return store.transact((tx) => repositoryFor(tx, caller, name, reason, { ids, now: clock.now() }))
}

/** The pieces of a request's body. Who stops before its end can still answer. */
export const bodyOf = (request: IncomingMessage): AsyncIterable<Buffer> =>
  request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>

/** Ends the answer without a body. */
export const answer = (
  { response, acknowledge }: Exchange,
  status: number,
  headers: Readonly<Record<string, string | number>>,
): void => {
  acknowledge()
  response.writeHead(status, status === 204 ? headers : { 'Content-Length': 0, ...headers })
  response.end()
}

export const answerJson = (
  { request, response }: Pick<Exchange, 'request' | 'response'>,
  status: number,
  value: object,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): void => {
  const body = Buffer.from(JSON.stringify(value))
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    ...(headers as Record<string, string | string[]>),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
