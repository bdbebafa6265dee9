/**
 * From a table of handlers to a service: each call is one transaction, and a client token makes it happen once.
 * A handler is a plain synchronous function of (input, context); the context holds the transaction.
 */
import { assert } from '../kit/assert.ts'
import type { Store } from '../store/store.ts'
import type { Transaction } from '../store/tables.ts'
import type { Lazy } from '../wire/described.ts'
import type { Fault } from '../wire/fault.ts'
import type { CallContext } from '../wire/service.ts'
import { once } from './idempotency.ts'

/** What a handler works with: the call, the transaction it runs in, and what its service was built with. */
export type OperationContext<Deps> = CallContext & Deps & { readonly tx: Transaction }

export interface Operation<Deps, Input = never, Output extends object = object> {
  readonly handle: (input: Input, context: OperationContext<Deps>) => Lazy<Output>
  readonly clientToken?: ClientToken<Deps, Input, Output>
}

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

/** Operations by name, as the SDK names them. */
export type OperationTable<Deps> = Readonly<Record<string, Operation<Deps>>>

/** Runs an operation in one transaction; resolves once it is durable. */
export const performer =
  <Deps extends object>(store: Store, table: OperationTable<Deps>, deps: Deps) =>
  (name: string, input: object, call: CallContext): Promise<object> =>
    store.transact((tx) => {
      const operation = table[name] as Operation<Deps, object> | undefined
      assert(operation, `${name} was called, which has no handler`)
      const context = { ...call, ...deps, tx }
      const perform = (): object => operation.handle(input, context)
      const token = operation.clientToken?.of(input)
      if (operation.clientToken === undefined || token === undefined) return perform()
      const { scope, conflict, kept } = operation.clientToken
      const key = [call.account, call.region, name, scope(input), token].join('/')
      return once({
        tx,
        key,
        now: call.now,
        input,
        perform,
        conflict,
        kept: kept && { of: kept.of, answer: (value) => kept.answer(value as never, context) },
      })
    })
