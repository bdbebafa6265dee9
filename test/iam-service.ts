/** IAM over an empty store, called as the gateway calls it, at any time and by anyone. */
import type { IAM } from '@aws-sdk/client-iam'
import { rootArn } from '../src/model/arn.ts'
import type { Principal } from '../src/model/principal.ts'
import { iamService } from '../src/services/iam/index.ts'
import type { Guard, NamedDemand } from '../src/services/operations.ts'
import type { Store } from '../src/store/store.ts'
import type { CallContext } from '../src/wire/service.ts'
import { emptyStore, servicesDeps } from './services-deps.ts'

type Method<Name extends keyof IAM> = Parameters<Extract<IAM[Name], (...given: never[]) => unknown>>
type Operation = Capitalize<Extract<keyof IAM, string>>
type InputOf<Name extends Operation> = Method<Uncapitalize<Name>>[0]
/** Of the SDK's three forms of a call, the last takes a callback. */
type OutputOf<Name extends Operation> = Method<Uncapitalize<Name>>[2] extends (
  error: never,
  data?: infer Output,
) => void
  ? Omit<Output, '$metadata'>
  : never

export const IAM_ACCOUNT = '123456789012'

/** A trust policy that lets tasks of ECS assume the role. */
export const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})

/** A policy that allows everything. */
export const ANYTHING = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
})

export const rootPrincipal = (account = IAM_ACCOUNT): Principal => ({
  arn: rootArn(account),
  account,
  userId: account,
  accessKeyId: 'AKIAROOT',
})

export class IamWorld {
  readonly store: Store
  /** What the guard was asked at the last call. */
  demands: readonly NamedDemand[] = []
  now = Date.UTC(2026, 0, 1)
  readonly #call: ReturnType<typeof iamService>['call']

  private constructor(store: Store) {
    this.store = store
    const guard: Guard = {
      applies: () => true,
      check: (_tables, _call, demands) => {
        this.demands = demands
      },
    }
    this.#call = iamService(servicesDeps(store, { guard })).call
  }

  static async start(): Promise<IamWorld> {
    return new IamWorld(await emptyStore())
  }

  /** By the root user of the account, unless told otherwise. */
  call<Name extends Operation>(
    name: Name,
    input: InputOf<Name>,
    principal: Principal = rootPrincipal(),
  ): Promise<OutputOf<Name>> {
    const context: CallContext = {
      requestId: 'r',
      account: principal.account,
      region: 'us-east-1',
      now: this.now,
      principal,
      sourceIp: '127.0.0.1',
      userAgent: 'test',
    }
    return this.#call(name, input as object, context) as never
  }

  /** A new user as the caller of other calls. */
  async user(UserName: string): Promise<Principal> {
    const { User } = await this.call('CreateUser', { UserName })
    return { arn: User?.Arn ?? '', account: IAM_ACCOUNT, userId: User?.UserId ?? '', accessKeyId: 'AKIAUSER' }
  }

  role(RoleName: string): Promise<OutputOf<'CreateRole'>> {
    return this.call('CreateRole', { RoleName, AssumeRolePolicyDocument: TRUST })
  }
}
