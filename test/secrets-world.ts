/** KMS and Secrets Manager over one store, called as the gateway calls them, at any time and by anyone. */
import type { KMS } from '@aws-sdk/client-kms'
import type { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { DAY_MS } from '../src/model/limits.ts'
import type { Principal } from '../src/model/principal.ts'
import { PolicyGuard } from '../src/services/authorization.ts'
import { kmsService } from '../src/services/kms/index.ts'
import type { Guard, NamedDemand } from '../src/services/operations.ts'
import { secretsManagerService } from '../src/services/secretsmanager/index.ts'
import type { Store } from '../src/store/store.ts'
import type { CallContext, ServiceDefinition } from '../src/wire/service.ts'
import { rootCaller, userCaller } from './builders/a-principal.ts'
import { aUser } from './builders/a-role.ts'
import { emptyStore, servicesDeps } from './services-deps.ts'

type Names<Client> = Capitalize<Extract<keyof Client, string>>
type Method<Client, Name extends Names<Client>> =
  Uncapitalize<Name> extends keyof Client
    ? Parameters<Extract<Client[Uncapitalize<Name>], (...given: never[]) => unknown>>
    : never
/** Of the SDK's three forms of a call, the last takes a callback. */
type OutputOf<Client, Name extends Names<Client>> = Method<Client, Name>[2] extends (
  error: never,
  data?: infer Output,
) => void
  ? Omit<Output, '$metadata'>
  : never

type Call<Client> = <Name extends Names<Client>>(
  name: Name,
  input: Method<Client, Name>[0],
  principal?: Principal,
) => Promise<OutputOf<Client, Name>>

export const SECRETS_ACCOUNT = '123456789012'
export const SECRETS_REGION = 'us-east-1'

export class SecretsWorld {
  readonly store: Store
  /** What the guard was asked before the last call was performed. */
  demands: readonly NamedDemand[] = []
  #isAsked = false
  now = Date.UTC(2026, 0, 1)
  readonly kms: Call<KMS>
  readonly secrets: Call<SecretsManager>

  private constructor(store: Store, judge: Guard) {
    this.store = store
    const guard: Guard = {
      applies: () => true,
      check: (tables, call, demands) => {
        if (!this.#isAsked) this.demands = demands
        this.#isAsked = true
        judge.check(tables, call, demands)
      },
    }
    const deps = servicesDeps(store, { guard })
    this.kms = this.#caller(kmsService(deps))
    this.secrets = this.#caller(secretsManagerService(deps))
  }

  /** Where everyone may do everything, and the guard is asked all the same. */
  static async start(store?: Store): Promise<SecretsWorld> {
    return new SecretsWorld(store ?? (await emptyStore()), { applies: () => true, check: () => undefined })
  }

  /** Where policies decide. */
  static async guarded(): Promise<SecretsWorld> {
    return new SecretsWorld(await emptyStore(), new PolicyGuard())
  }

  passDays(days: number): void {
    this.now += days * DAY_MS
  }

  /** A user whose policy has these statements. */
  async user(userName: string, ...statements: readonly object[]): Promise<Principal> {
    const document = JSON.stringify({ Version: '2012-10-17', Statement: statements })
    const inlinePolicies = statements.length === 0 ? {} : { own: document }
    const user = aUser({ account: SECRETS_ACCOUNT, userName, inlinePolicies })
    await this.store.transact((tx) => tx.users.insert(user))
    return userCaller(user)
  }

  #caller<Client>({ call }: ServiceDefinition): Call<Client> {
    return ((name: string, input: object, principal = rootCaller(SECRETS_ACCOUNT)) => {
      this.#isAsked = false
      return call(name, input, this.#context(principal))
    }) as unknown as Call<Client>
  }

  #context(principal: Principal): CallContext {
    return {
      requestId: 'r',
      account: principal.account,
      region: SECRETS_REGION,
      now: this.now,
      principal,
      sourceIp: '127.0.0.1',
      userAgent: 'test',
    }
  }
}
