/**
 * From a table of handlers to a service: each call is one transaction, and a client token makes it happen once.
 * A handler is a plain synchronous function of (input, context); the context holds the transaction.
 */
import { createHash } from 'node:crypto'
import type { Store } from '../store/store.ts'
import type { Transaction } from '../store/tables.ts'
import type { Lazy } from '../wire/described.ts'
import { Fault } from '../wire/fault.ts'
import type { CallContext } from '../wire/service.ts'

/** What a handler works with: the call, the transaction it runs in, and what its service was built with. */
export type OperationContext<Deps> = CallContext & Deps & { readonly tx: Transaction }

export interface Operation<Deps, Input = never, Output extends object = object> {
  readonly handle: (input: Input, context: OperationContext<Deps>) => Lazy<Output>
  /** How a repeated client token is recognised; absent if the operation takes none. */
  readonly clientToken?: {
    readonly of: (input: Input) => string | undefined
    /** Tokens are distinct within this, e.g. the cluster. */
    readonly scope: (input: Input) => string
  }
}

/** Operations by name, as the SDK names them. */
export type OperationTable<Deps> = Readonly<Record<string, Operation<Deps>>>

/** Runs an operation in one transaction; resolves once it is durable. */
export const performer =
  <Deps extends object>(store: Store, table: OperationTable<Deps>, deps: Deps) =>
  (name: string, input: object, call: CallContext): Promise<object> =>
    store.transact((tx) => {
      const operation = table[name] as Operation<Deps, object>
      const context = { ...call, ...deps, tx }
      const token = operation.clientToken?.of(input)
      if (token === undefined) return operation.handle(input, context)
      return once(
        operation,
        input,
        `${call.account}/${call.region}/${name}/${operation.clientToken?.scope(input) ?? ''}/${token}`,
        context,
      )
    })

/** The first answer again for an equal request with the same token; a fault for a different one. */
const once = <Deps>(
  operation: Operation<Deps, object>,
  input: object,
  key: string,
  context: OperationContext<Deps>,
): object => {
  const requestHash = createHash('sha256').update(JSON.stringify(input)).digest('hex')
  const earlier = context.tx.clientTokens.get(key)
  if (earlier === undefined) {
    const output = operation.handle(input, context)
    context.tx.clientTokens.insert({ key, requestHash, response: JSON.stringify(output), createdAt: context.now })
    return output
  }
  if (earlier.requestHash !== requestHash) {
    throw new Fault({
      code: 'ConflictException',
      message: 'The client token was already used with different parameters.',
    })
  }
  return JSON.parse(earlier.response) as object
}
