/** STS over a store with roles and users, its callers held to their policies. */
import type { RoleRecord, UserRecord } from '../src/model/iam-records.ts'
import { iamKey } from '../src/model/iam-records.ts'
import type { Principal } from '../src/model/principal.ts'
import { PolicyGuard } from '../src/services/authorization.ts'
import type { ServicesDeps } from '../src/services/deps.ts'
import { stsService } from '../src/services/sts/index.ts'
import type { Store } from '../src/store/store.ts'
import { emptyStore, servicesDeps } from './services-deps.ts'

export const STS_NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678)

export interface StsWorld {
  readonly store: Store
  readonly deps: ServicesDeps
  /** `Answer` is the operation's response. */
  call<Answer>(operation: string, input: object, principal: Principal): Promise<Answer>
  /** Who has these credentials. */
  whoHas(credentials: Credentials | undefined): Principal | undefined
}

interface Credentials {
  readonly AccessKeyId?: string | undefined
  readonly SessionToken?: string | undefined
}

interface StsContent {
  readonly roles?: readonly RoleRecord[]
  readonly users?: readonly UserRecord[]
  readonly deps?: Partial<ServicesDeps>
}

export const stsWorld = async ({ roles = [], users = [], deps: given = {} }: StsContent): Promise<StsWorld> => {
  const store = await emptyStore()
  await store.transact((tx) => {
    for (const role of roles) tx.roles.insert({ ...role, key: iamKey(role.account, role.roleName) })
    for (const user of users) tx.users.insert(user)
  })
  const deps = servicesDeps(store, { guard: new PolicyGuard(), ...given })
  const sts = stsService(deps)
  return {
    store,
    deps,
    call: <Answer>(operation: string, input: object, principal: Principal) =>
      sts.call(operation, input, {
        requestId: 'request-1',
        account: principal.account,
        region: 'us-east-1',
        now: STS_NOW,
        principal,
        sourceIp: '127.0.0.1',
        userAgent: 'test',
      }) as Promise<Answer>,
    whoHas: (credentials) =>
      deps.sessions.open(credentials?.AccessKeyId ?? '', credentials?.SessionToken ?? '')?.principal,
  }
}
