/** StartReplicationBackfill and its like: images that were there before the rules of replication go to a destination too. */
import type {
  DescribeReplicationBackfillResultsRequest,
  DescribeReplicationBackfillResultsResponse,
  ListReplicationBackfillsRequest,
  ListReplicationBackfillsResponse,
  ReplicationBackfillResult,
  ReplicationBackfillSummary,
  ReplicationDestination,
  StartReplicationBackfillRequest,
  StartReplicationBackfillResponse,
  StopReplicationBackfillRequest,
  StopReplicationBackfillResponse,
} from '@aws-sdk/client-ecr'
import { dateOf } from '../../../kit/timestamps.ts'
import { REPLICATION_BACKFILLS } from '../../../model/registry-limits.ts'
import { isSameRegistry, type RegistryId, registryKey } from '../../../model/registry-rules.ts'
import {
  type BackfilledImageRecord,
  backfilledImageKey,
  type ReplicationBackfillRecord,
  resultsOf,
  TERMINAL,
} from '../../../model/replication-backfill.ts'
import { registrySettingsOf } from '../../../store/images/registry-settings.ts'
import { stopBackfill } from '../../../store/images/replication-backfill.ts'
import { checkConstraints } from '../../constraints.ts'
import { onAnything } from '../access.ts'
import type { EcrContext, EcrOperation } from '../context.ts'
import {
  invalidParameter,
  limitExceeded,
  replicationBackfillInProgress,
  replicationBackfillInvalidStatus,
  replicationBackfillNotFound,
} from '../faults.ts'
import { type NamesRegistry, registryOf } from '../names.ts'
import { page } from '../page.ts'

/** AWS: of this list, these. */
const BACKFILL_PAGE = { usual: 25, max: 50 } as const

export const startReplicationBackfill: EcrOperation<StartReplicationBackfillRequest, StartReplicationBackfillResponse> =
  {
    access: onAnything,
    handle: (input, context) => {
      const { tx, ids, now } = context
      const registry = registryNamed(context, input)
      const destination = checkedDestination(context, registry, input.destination)
      checkOthers(context, registry, destination)
      const backfill = tx.replicationBackfills.insert({
        ...registry,
        backfillId: ids.uuid(),
        destination,
        status: 'PREPARING',
        startedAt: now,
        images: 0,
        begun: 0,
        progress: { total: 0, completed: 0, failed: 0, failureCodes: [] },
        isPrepared: false,
      })
      return { registryId: backfill.account, ...describeBegun(backfill) }
    },
  }

export const stopReplicationBackfill: EcrOperation<StopReplicationBackfillRequest, StopReplicationBackfillResponse> = {
  access: onAnything,
  handle: (input, context) => {
    const backfill = requireBackfill(context, input)
    const { backfillId, status } = backfill
    if (status !== 'PREPARING' && status !== 'IN_PROGRESS')
      throw replicationBackfillInvalidStatus(
        `The replication backfill '${backfillId}' cannot be stopped: its status is ${status}.`,
      )
    return { registryId: backfill.account, ...describeBegun(stopBackfill(context.tx, backfill, context.now)) }
  },
}

/** The latest first. */
export const listReplicationBackfills: EcrOperation<ListReplicationBackfillsRequest, ListReplicationBackfillsResponse> =
  {
    access: onAnything,
    handle: (request, context) => {
      const registry = registryNamed(context, request)
      const backfills = backfillsOf(context, registry)
      const scope = ['ListReplicationBackfills', registry.account]
      const { items, rest } = page(context, request, scope, backfills, latestFirst, BACKFILL_PAGE)
      return { registryId: registry.account, backfills: items.map(describe), ...rest }
    },
  }

interface Result {
  readonly key: string
  readonly described: ReplicationBackfillResult
}

export const describeReplicationBackfillResults: EcrOperation<
  DescribeReplicationBackfillResultsRequest,
  DescribeReplicationBackfillResultsResponse
> = {
  access: onAnything,
  handle: (request, context) => {
    const { resultStatusFilter: wanted } = request
    checkConstraints({ wanted }, { wanted: { oneOf: ['COMPLETE', 'FAILED'] } }, invalidParameter)
    const backfill = requireBackfill(context, request)
    const { backfillId, account, status } = backfill
    const images = TERMINAL.has(status) ? context.tx.backfilledImages.find('byBackfill', backfillId) : []
    const results = images
      .flatMap(describeResults)
      .filter(({ described }) => (wanted ?? described.status) === described.status)
    const scope = ['DescribeReplicationBackfillResults', backfillId, wanted]
    const { items, rest } = page(context, request, scope, results, ({ key }) => key)
    return {
      registryId: account,
      ...describe(backfill),
      ...(TERMINAL.has(status) && { results: items.map(({ described }) => described) }),
      ...rest,
    }
  },
}

const registryNamed = (context: EcrContext, input: NamesRegistry): RegistryId => ({
  account: registryOf(context, input),
  region: context.region,
})

const backfillsOf = ({ tx }: EcrContext, registry: RegistryId): readonly ReplicationBackfillRecord[] =>
  tx.replicationBackfills.find('byRegistry', registryKey(registry)).filter(({ isExpired }) => isExpired !== true)

/** Throws `ReplicationBackfillNotFoundException`. */
const requireBackfill = (
  context: EcrContext,
  input: NamesRegistry & { readonly replicationBackfillId: string | undefined },
): ReplicationBackfillRecord => {
  const { replicationBackfillId = '' } = input
  const registry = registryNamed(context, input)
  const backfill = context.tx.replicationBackfills.get(replicationBackfillId)
  if (backfill !== undefined && backfill.isExpired !== true && isSameRegistry(backfill, registry)) return backfill
  throw replicationBackfillNotFound(
    `The replication backfill with id '${replicationBackfillId}' does not exist in the registry with id '${registry.account}'`,
  )
}

/** One that a rule names. */
const checkedDestination = (
  { tx }: EcrContext,
  registry: RegistryId,
  { region = '', registryId = '' }: Partial<ReplicationDestination> = {},
): RegistryId => {
  const wanted = { region: { pattern: /^[0-9a-z-]{2,25}$/ }, registryId: { pattern: /^\d{12}$/ } }
  checkConstraints({ region, registryId }, wanted, invalidParameter)
  const destination = { region, account: registryId }
  const rules = registrySettingsOf(tx, registry).replicationRules ?? []
  if (rules.some(({ destinations }) => destinations.some((each) => isSameRegistry(each, destination))))
    return destination
  throw invalidParameter(
    `The registry ${registryId} in ${region} is no destination of the registry's replication configuration.`,
  )
}

/** AWS: one for each Region, not for each registry there. */
const checkOthers = (context: EcrContext, registry: RegistryId, { region }: RegistryId): void => {
  const others = backfillsOf(context, registry).filter(({ status }) => !TERMINAL.has(status))
  if (others.some(({ destination }) => destination.region === region))
    throw replicationBackfillInProgress(`A replication backfill is already in progress for the Region ${region}.`)
  if (others.length >= REPLICATION_BACKFILLS)
    throw limitExceeded(`A registry has at most ${REPLICATION_BACKFILLS} replication backfills in progress.`)
}

const describeBegun = ({ backfillId, destination, status, startedAt }: ReplicationBackfillRecord) => ({
  replicationBackfillId: backfillId,
  destination: { region: destination.region, registryId: destination.account },
  status,
  startedAt: dateOf(startedAt),
})

const describe = (backfill: ReplicationBackfillRecord): ReplicationBackfillSummary => {
  const { failureCode, endedAt, isPrepared, progress } = backfill
  const { total, completed, failed, failureCodes } = progress
  return {
    ...describeBegun(backfill),
    ...(failureCode !== undefined && { failureCode }),
    ...(isPrepared && {
      progress: {
        totalReplicationCount: total,
        completedReplicationCount: completed,
        failedReplicationCount: failed,
        failureCodes: [...failureCodes],
      },
    }),
    ...(endedAt !== undefined && { endedAt: dateOf(endedAt) }),
  }
}

const describeResults = (image: BackfilledImageRecord): Result[] =>
  resultsOf(image).map(({ tag, status, failureCode }) => ({
    key: `${backfilledImageKey(image.backfillId, image.position)}/${tag ?? ''}`,
    described: {
      repositoryName: image.repositoryName,
      imageId: { imageDigest: image.digest, ...(tag !== undefined && { imageTag: tag }) },
      status,
      ...(failureCode !== undefined && { failureCode }),
      ...(image.isIndex && {
        subImageFailureCodes: image.subImageFailureCode === undefined ? [] : [image.subImageFailureCode],
      }),
    },
  }))

/** Keys whose order is that of time, backwards. */
const latestFirst = ({ startedAt, backfillId }: ReplicationBackfillRecord): string =>
  `${String(Number.MAX_SAFE_INTEGER - startedAt).padStart(16, '0')}/${backfillId}`
