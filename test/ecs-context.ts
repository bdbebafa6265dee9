/**
 * A control plane's ECS for tests of single operations: the real store (kept in memory), a clock that stands still, ids from a seed,
 * the capacity index fed from the store. Operations run as the service runs them: one transaction each, client tokens included.
 */
import { ManualClock } from '../src/kit/clock.ts'
import { SeededIds } from '../src/kit/ids.ts'
import type { ContainerInstanceRecord, TaskRecord } from '../src/model/records.ts'
import { defaultLoadBalancingSettings } from '../src/model/load-balancing/settings.ts'
import { CapacityIndex } from '../src/scheduler/capacity-index.ts'
import type { EcsDeps, EcsOperation } from '../src/services/ecs/context.ts'
import { type Guard, noGuard, performer } from '../src/services/operations.ts'
import { MemoryJournal } from '../src/store/journal/journal.ts'
import { Store } from '../src/store/store.ts'
import { Described } from '../src/wire/described.ts'
import type { PageTokens } from '../src/wire/page-tokens.ts'
import type { CallContext } from '../src/wire/service.ts'

export const ACCOUNT = '000000000000'
const REGION = 'us-east-1'

export interface EcsHarness {
  /** Runs an operation; resolves with its answer as a client would see it, rejects with its `Fault`. */
  readonly call: <Input extends object, Output extends object>(
    operation: EcsOperation<Input, Output>,
    input: Input,
    caller?: Partial<CallContext>,
    /** As which the operation is known, where that matters. */
    name?: string,
  ) => Promise<Output>
  readonly store: Store
  readonly clock: ManualClock
  readonly ids: SeededIds
  readonly capacity: CapacityIndex
}

export interface HarnessOptions {
  readonly seed?: number
  readonly guard?: Guard
}

export const ecsHarness = async ({ seed = 1, guard = noGuard }: HarnessOptions = {}): Promise<EcsHarness> => {
  const clock = new ManualClock()
  const ids = new SeededIds(seed)
  const capacity = new CapacityIndex(ids)
  const store = await Store.open(new MemoryJournal(), (error) => {
    throw error
  })
  feed(store, capacity)
  const deps: EcsDeps = {
    ids,
    guard,
    capacity,
    pageTokens: readableTokens,
    agentEndpoints,
    loadBalancing: defaultLoadBalancingSettings(),
  }
  const call: EcsHarness['call'] = async (operation, input, caller = {}, name = 'Operation') => {
    const table = { [name]: operation as unknown as EcsOperation<never> }
    const perform = performer<EcsDeps>({ store, service: 'ecs', table, deps, guard })
    const answer = await perform(name, input, { ...root(ids.uuid(), clock.now()), ...caller })
    return plain(answer) as never
  }
  return { call, store, clock, ids, capacity }
}

const agentEndpoints = { acs: 'http://127.0.0.1:4566/acs/', tcs: 'http://127.0.0.1:4566/tcs/' }

/** The root user of the account. */
const root = (requestId: string, now: number): CallContext => ({
  requestId,
  account: ACCOUNT,
  region: REGION,
  now,
  principal: {
    arn: `arn:aws:iam::${ACCOUNT}:root`,
    account: ACCOUNT,
    userId: ACCOUNT,
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  },
  sourceIp: '127.0.0.1',
  userAgent: 'test',
})

/** Tokens that a failing test can print; sealing is the wire's business. */
const readableTokens: PageTokens = {
  seal: (scope, position) => `${scope}|${position}`,
  open: (scope, token) => (token.startsWith(`${scope}|`) ? token.slice(scope.length + 1) : undefined),
}

const feed = (store: Store, capacity: CapacityIndex): void =>
  store.derive(['containerInstances', 'tasks'], ({ changes }) => {
    for (const { table, before, after } of changes) {
      if (table === 'tasks') capacity.applyTask(before as TaskRecord | undefined, after as TaskRecord | undefined)
      else
        capacity.applyInstance(
          before as ContainerInstanceRecord | undefined,
          after as ContainerInstanceRecord | undefined,
        )
    }
  })

/** The answer with every `Described` part in its SDK shape, as an encoder would write it. */
const plain = (value: unknown): unknown => {
  if (value instanceof Described) return plain(value.value())
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object' || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
}
