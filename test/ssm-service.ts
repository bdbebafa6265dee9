/** Parameter Store over an empty store, called as the gateway calls it, at any time and by anyone. */
import type { SSM } from '@aws-sdk/client-ssm'
import { ssmService } from '../src/services/ssm/index.ts'
import type { Demand, Guard } from '../src/services/operations.ts'
import type { Store } from '../src/store/store.ts'
import type { CallContext } from '../src/wire/service.ts'
import { SystemIds } from '../src/kit/ids.ts'
import { createKmsKey } from '../src/services/kms-keys.ts'
import { aSealer, emptyStore, servicesDeps } from './services-deps.ts'

type Method<Name extends keyof SSM> = Parameters<Extract<SSM[Name], (...given: never[]) => unknown>>
type Operation = Capitalize<Extract<keyof SSM, string>>
type InputOf<Name extends Operation> = Method<Uncapitalize<Name>>[0]
/** Of the SDK's three forms of a call, the last takes a callback. */
type OutputOf<Name extends Operation> = Method<Uncapitalize<Name>>[2] extends (
  error: never,
  data?: infer Output,
) => void
  ? Omit<Output, '$metadata'>
  : never

export const SSM_ACCOUNT = '123456789012'
export const SSM_REGION = 'us-east-1'
export const SSM_CALLER = `arn:aws:iam::${SSM_ACCOUNT}:user/ada`

export class SsmWorld {
  readonly store: Store
  /** What the guard was asked, since the last call. */
  demands: readonly (Demand & { readonly action: string })[] = []
  now = Date.UTC(2026, 0, 1)
  readonly #call: ReturnType<typeof ssmService>['call']

  private constructor(store: Store) {
    this.store = store
    const guard: Guard = {
      applies: () => true,
      check: (_tx, _call, demands) => {
        this.demands = demands
      },
    }
    this.#call = ssmService(servicesDeps(store, { guard })).call
  }

  static async start(): Promise<SsmWorld> {
    return new SsmWorld(await emptyStore())
  }

  call<Name extends Operation>(
    name: Name,
    input: InputOf<Name>,
    call: Partial<CallContext> = {},
  ): Promise<OutputOf<Name>> {
    return this.#call(name, input as object, this.#context(call)) as never
  }

  /** A customer's key, by its ARN. */
  makeKey(): Promise<string> {
    return this.store.transact((tx) => {
      const context = { ...this.#context({}), tx, sealer: aSealer(), ids: new SystemIds() }
      return createKmsKey(context, { description: '', tags: [] }).arn
    })
  }

  #context(call: Partial<CallContext>): CallContext {
    const principal = { arn: SSM_CALLER, account: SSM_ACCOUNT, userId: 'AIDAEXAMPLE', accessKeyId: 'AKID' }
    return {
      requestId: 'r',
      account: SSM_ACCOUNT,
      region: SSM_REGION,
      now: this.now,
      principal,
      sourceIp: '',
      userAgent: '',
      ...call,
    }
  }
}
