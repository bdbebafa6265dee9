/**
 * From a table of handlers to a service: each call is one transaction, which begins with what the caller must be allowed to do, and a
 * client token makes it happen once. A handler is a plain synchronous function of (input, context); the context holds the transaction.
 */
import { assert } from '../kit/assert.ts'
import type { ContextValues } from '../model/policy/types.ts'
import type { Store } from '../store/store.ts'
import type { ReadTables, Transaction } from '../store/tables.ts'
import type { Lazy } from '../wire/described.ts'
import type { Fault } from '../wire/fault.ts'
import type { CallContext } from '../wire/service.ts'
import { once } from './idempotency.ts'

/** What a handler works with: the call, the transaction it runs in, and what its service was built with. */
export type OperationContext<Deps> = CallContext & Deps & { readonly tx: Transaction }

export interface Operation<Deps, Input = never, Output extends object = object> {
  /** Of operations made by `prepared`: what has to be waited for before the transaction. */
  readonly prepare?: (input: Input, context: CallContext & Deps) => Promise<unknown>
  readonly handle: (input: Input, context: OperationContext<Deps>) => Lazy<Output>
  readonly access: Access<Deps, Input>
  readonly clientToken?: ClientToken<Deps, Input, Output>
  /** Of operations made by `continued`: what has to be waited for after the transaction. */
  readonly finish?: (found: never, context: CallContext & Deps) => Promise<object>
}

/**
 * An operation that waits for something outside before its transaction, which cannot wait: the handler finds in `prepared` what came of
 * it. The preparation runs before the caller's permissions are asked, so it must change nothing.
 */
export const prepared = <Deps, Input, Output extends object, Prepared>({
  handle,
  ...rest
}: Omit<Operation<Deps, Input, Output>, 'handle' | 'prepare'> & {
  readonly prepare: (input: Input, context: CallContext & Deps) => Promise<Prepared>
  readonly handle: (input: Input, context: OperationContext<Deps> & { readonly prepared: Prepared }) => Lazy<Output>
}): Operation<Deps, Input, Output> => ({
  ...rest,
  handle: (input, context) => handle(input, context as typeof context & { readonly prepared: Prepared }),
})

/**
 * An operation that goes on outside the store, when its transaction has allowed it and is durable: `finish` gets what the handler gave,
 * and what it resolves with is the answer.
 */
export const continued = <Deps, Input, Output extends object, Found extends object>({
  handle,
  ...rest
}: Omit<Operation<Deps, Input, Output>, 'handle' | 'finish' | 'clientToken'> & {
  readonly handle: (input: Input, context: OperationContext<Deps>) => Found
  readonly finish: (found: Found, context: CallContext & Deps) => Promise<Output>
}): Operation<Deps, Input, Output> => ({
  ...rest,
  handle: (input, context) => handle(input, context) as never,
})

/**
 * What the caller must be allowed to do, all of it, for the operation to run: the service's action on each resource that the input
 * names, and what else the call hands over (`iam:PassRole`). `open`: anyone whose signature holds may call.
 */
export type Access<Deps, Input> = 'open' | ((input: Input, context: OperationContext<Deps>) => readonly Demand[])

/** One permission that a call needs. */
export interface Demand {
  /** `<service>:<Action>`; if absent, the operation's own name on its service. */
  readonly action?: string
  /** An ARN, whether or not there is such a resource, or `*` where the action has none. */
  readonly resource: string
  /** What a denial calls it, where its ARN would tell more than the caller knows. */
  readonly named?: string
  /** Condition keys of the service and of the resource, beside the global ones. */
  readonly context?: ContextValues
  /** The policy that the resource itself has, as JSON. */
  readonly resourcePolicy?: string
  /** Nothing is allowed that this policy does not allow, be it by leaving it to the account: of keys of KMS. */
  readonly resourcePolicyMustAllow?: boolean
}

export type NamedDemand = Demand & { readonly action: string }

/** Decides whether callers may do what they ask for. */
export interface Guard {
  /**
   * Whether the caller has to be allowed anything at all. `isOpenToRoot`: nothing can limit the root user, because no resource that is
   * asked for has a policy of its own.
   */
  applies(call: CallContext, isOpenToRoot?: boolean): boolean
  /** Throws `AccessDenied`, which names principal, action and resource, at the first demand that is denied. */
  check(tables: ReadTables, call: CallContext, demands: readonly NamedDemand[]): void
}

/** Everyone may do everything, as in `--dev` mode. */
export const noGuard: Guard = { applies: () => false, check: () => undefined }

/** How a repeated client token is recognised; absent if the operation takes none. */
export interface ClientToken<Deps, Input, Output extends object> {
  readonly of: (input: Input) => string | undefined
  /** Tokens are distinct within this, e.g. the cluster. */
  readonly scope: (input: Input) => string
  /**
   * The fault for a token that came with another request before. `answer` is what was answered then, in the SDK's shape. Absent if
   * `ConflictException` without further members says it.
   */
  readonly conflict?: (input: Input, answer: Lazy<Output>) => Fault
  /** How an answer is kept (`KeptAnswer`), if not as a whole. */
  readonly kept?: {
    readonly of: (answer: Lazy<Output>) => object
    readonly answer: (kept: never, context: OperationContext<Deps>) => Lazy<Output>
  }
}

/** An operation that is loaded at its first call: what nobody calls takes no memory. */
export interface LazyOperation<Deps> {
  readonly load: () => Promise<Operation<Deps>>
}

/** Operations by name, as the SDK names them. */
export type OperationTable<Deps> = Readonly<Record<string, Operation<Deps> | LazyOperation<Deps>>>

export interface PerformerOptions<Deps> {
  readonly store: Store
  /** Name of the service in actions, e.g. `ecs`. */
  readonly service: string
  readonly table: OperationTable<Deps>
  readonly deps: Deps
  readonly guard: Guard
  /** No resource of the service has a policy of its own, so that nothing limits the root user. */
  readonly isOpenToRoot?: boolean
}

/** Runs an operation in one transaction, after its preparation; resolves once it is durable. */
export const performer = <Deps extends object>(options: PerformerOptions<Deps>) => {
  const { service, table } = options
  const loaded = new Map<string, Operation<Deps, object>>()
  const keep = (name: string, declared: Operation<Deps>): Operation<Deps, object> => {
    checkDeclared(service, name, declared)
    const operation = declared as Operation<Deps, object>
    loaded.set(name, operation)
    return operation
  }
  for (const [name, operation] of Object.entries(table)) if (!('load' in operation)) keep(name, operation)
  return (name: string, input: object, call: CallContext): Promise<object> => {
    const known = loaded.get(name)
    if (known !== undefined) return performNow(options, { name, operation: known }, input, call)
    const lazy = table[name]
    assert(lazy && 'load' in lazy, `${name} was called, which has no handler`)
    return lazy.load().then((operation) => performNow(options, { name, operation: keep(name, operation) }, input, call))
  }
}

const performNow = <Deps extends object>(
  options: PerformerOptions<Deps>,
  named: NamedOperation<Deps>,
  input: object,
  call: CallContext,
): Promise<object> => {
  const { store, deps } = options
  const { prepare, finish } = named.operation
  const run = async (more: object = {}): Promise<object> => {
    const found = await store.transact((tx) => perform(options, named, input, { ...call, ...deps, ...more, tx }))
    return finish === undefined ? found : finish(found as never, { ...call, ...deps })
  }
  if (prepare === undefined) return run()
  return prepare(input, { ...call, ...deps }).then((value) => run({ prepared: value }))
}

interface NamedOperation<Deps> {
  readonly name: string
  readonly operation: Operation<Deps, object>
}

const perform = <Deps extends object>(
  { service, guard, isOpenToRoot = false }: PerformerOptions<Deps>,
  { name, operation }: NamedOperation<Deps>,
  input: object,
  context: OperationContext<Deps>,
): object => {
  const { access } = operation
  if (access !== 'open' && guard.applies(context, isOpenToRoot)) {
    const demands = access(input, context)
    guard.check(context.tx, context, named(demands.length > 0 ? demands : ON_ANYTHING, `${service}:${name}`))
  }
  return performOnce({ name, operation }, input, context)
}

const performOnce = <Deps extends object>(
  { name, operation: { handle, clientToken } }: NamedOperation<Deps>,
  input: object,
  context: OperationContext<Deps>,
): object => {
  const token = clientToken?.of(input)
  if (clientToken === undefined || token === undefined) return handle(input, context)
  const { scope, conflict, kept } = clientToken
  return once({
    tx: context.tx,
    key: [context.account, context.region, name, scope(input), token].join('/'),
    now: context.now,
    input,
    perform: () => handle(input, context),
    conflict,
    kept: kept && { of: kept.of, answer: (value) => kept.answer(value as never, context) },
  })
}

/** What names no resource asks for all of them. */
const ON_ANYTHING: readonly Demand[] = [{ resource: '*' }]

const named = (demands: readonly Demand[], action: string): readonly NamedDemand[] =>
  demands.map((demand) => ({ action, ...demand }))

/** An operation that does not say what it needs would be anyone's to call. */
const checkDeclared = (service: string, name: string, { access }: { readonly access?: unknown }): void =>
  assert(access !== undefined, `${service} does not say what its callers must be allowed to do: ${name}`)
